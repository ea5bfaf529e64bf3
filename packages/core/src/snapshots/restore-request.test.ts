import { expect, test } from "vitest";
import { refWords } from "./restore-request.ts";

test("A name with anything but letters, digits and underscores is quoted in messages", () => {
  expect(refWords({ type: "TABLE", schema: "shop", name: "orders_2" })).toBe("TABLE shop.orders_2");
  expect(refWords({ type: "TABLE", schema: "shop", name: ".." })).toBe('TABLE shop.".."');
  expect(refWords({ type: "TABLE", schema: "a/b", name: 'the "odd" one' })).toBe('TABLE "a/b"."the ""odd"" one"');
  expect(refWords({ type: "FUNCTION", name: "f" })).toBe("FUNCTION f");
});

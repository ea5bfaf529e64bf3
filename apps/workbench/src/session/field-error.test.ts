import { Password, Username } from "@snapdeck/contract/session";
import { expect, test } from "vitest";
import { fieldError } from "./field-error.ts";

test("a value that fits has nothing said against it", () => {
  expect(fieldError(Username, "ana")).toBeUndefined();
});

test("a value that does not fit is answered in the contract's words, as a sentence", () => {
  expect(fieldError(Password, "short")).toBe("At least 12 characters");
  expect(fieldError(Username, "a b")).toMatch(/^1 to 63 letters/);
});

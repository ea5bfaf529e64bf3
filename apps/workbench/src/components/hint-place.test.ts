import { describe, expect, test } from "vitest";
import { hintPlace } from "./hint-place.ts";

const view = { width: 400, height: 800 };
const hint = { left: 0, top: 0, width: 100, height: 30 };

describe("A hint", () => {
  test("stands above its target, centered", () => {
    expect(hintPlace({ left: 100, top: 200, width: 40, height: 20 }, hint, view)).toEqual({ left: 70, top: 164 });
  });

  test("stands below where there is no room above", () => {
    expect(hintPlace({ left: 100, top: 10, width: 40, height: 20 }, hint, view).top).toBe(36);
  });

  test("stays inside the window at both edges", () => {
    expect(hintPlace({ left: 0, top: 200, width: 20, height: 20 }, hint, view).left).toBe(8);
    expect(hintPlace({ left: 390, top: 200, width: 10, height: 20 }, hint, view).left).toBe(292);
  });
});

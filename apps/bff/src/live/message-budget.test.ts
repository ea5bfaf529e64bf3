import { describe, expect, test } from "vitest";
import { MessageBudget } from "./message-budget.ts";

describe("Twenty messages a second", () => {
  test("may come at once, and then one every 50 ms", () => {
    const budget = new MessageBudget(20, 0);
    expect(Array.from({ length: 20 }, () => budget.take(0)).every(Boolean)).toBe(true);
    expect(budget.take(0)).toBe(false);
    expect(budget.take(49)).toBe(false);
    expect(budget.take(100)).toBe(true);
  });

  test("are not saved up", () => {
    const budget = new MessageBudget(20, 0);
    const taken = Array.from({ length: 30 }, () => budget.take(60_000)).filter(Boolean);
    expect(taken).toHaveLength(20);
  });
});

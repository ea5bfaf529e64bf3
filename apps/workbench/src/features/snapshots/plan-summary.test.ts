import { describe, expect, test } from "vitest";
import { aPlan } from "./a-backup.ts";
import { byLoss, effectSentence, planSummary } from "./plan-summary.ts";

const orders = { database: "shop", table: "orders", effect: "replaced", rowsNow: 120, rowsThen: 100 } as const;
const events = { database: "web", table: "events", effect: "replaced", rowsNow: 10, rowsThen: 10 } as const;
const scratch = { database: "shop", table: "scratch", effect: "removed", rowsNow: 3 } as const;
const lost = { database: "shop", table: "lost", effect: "brought-back", rowsThen: 7 } as const;

describe("The summary of a restore plan", () => {
  test("counts what is replaced, removed and brought back, and over how many databases", () => {
    const summary = planSummary(aPlan([orders, events, scratch, lost]));
    expect(effectSentence(summary)).toBe(
      "2 tables are replaced, 1 table is removed and 1 table is brought back, in 2 databases.",
    );
  });

  test("tells the rows that are lost or gained on balance", () => {
    expect(planSummary(aPlan([orders], { rowsNow: 120, rowsThen: 100 }))).toMatchObject({
      rowsLost: 20,
      rowsGained: 0,
    });
    expect(planSummary(aPlan([orders], { rowsNow: 80, rowsThen: 100 }))).toMatchObject({ rowsLost: 0, rowsGained: 20 });
  });

  test("does not invent a number where nobody knows what the cluster holds", () => {
    expect(planSummary(aPlan([orders])).rowsLost).toBeUndefined();
  });

  test("says so when no table changes", () => {
    expect(effectSentence(planSummary(aPlan([])))).toMatch(/^No table changes/);
  });

  test("lists first what would be lost", () => {
    expect(byLoss([events, lost, orders, scratch]).map((effect) => effect.table)).toEqual([
      "scratch",
      "orders",
      "lost",
      "events",
    ]);
  });
});

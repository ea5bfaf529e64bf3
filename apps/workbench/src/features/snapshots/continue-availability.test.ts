import { describe, expect, test } from "vitest";
import { aCluster, aPlan } from "./a-backup.ts";
import { replaceAvailability } from "./continue-availability.ts";

const plan = aPlan([]);
const typed = "production";

describe("Replace all data", () => {
  test("can be pressed once the cluster's name is typed exactly", () => {
    expect(replaceAvailability(plan, aCluster(), { typed, expired: false })).toEqual({ allowed: true });
    for (const other of ["", "Production", "production ", "staging"]) {
      expect(replaceAvailability(plan, aCluster(), { typed: other, expired: false })).toMatchObject({
        reason: "Type production first",
      });
    }
  });

  test("of a suspect backup waits for a reason as well", () => {
    const press = (reason: string) => replaceAvailability(plan, aCluster(), { typed, expired: false, reason });
    expect(press("too short")).toMatchObject({ code: "backup-suspect" });
    expect(press("the other store burnt down")).toEqual({ allowed: true });
  });

  test("gives the cluster's own reason first", () => {
    const cluster = aCluster();
    const refused = { allowed: false, code: "cluster-not-suspended", reason: "Suspend the cluster first" } as const;
    const running = { ...cluster, actions: { ...cluster.actions, restore: refused } };
    expect(replaceAvailability(plan, running, { typed, expired: true })).toEqual(refused);
  });

  test("is refused without space, and on a plan that is too old", () => {
    const cramped = aPlan([], { space: { neededBytes: 9, freeBytes: 1, enough: false } });
    expect(replaceAvailability(cramped, aCluster(), { typed, expired: false })).toMatchObject({ code: "disk-full" });
    expect(replaceAvailability(plan, aCluster(), { typed, expired: true })).toMatchObject({ code: "plan-stale" });
  });
});

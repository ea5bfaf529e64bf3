import { ClusterId } from "@snapdeck/contract/scalars";
import { expect, it } from "vitest";
import {
  type ClusterFacts,
  findRestore,
  type RestoreRecord,
  rememberOrder,
  rememberRestore,
  rememberSwapIn,
  unresolvedRestore,
} from "./cluster-facts.ts";
import { misfit } from "./cluster-file.ts";

const AT = "2026-11-22T14:00:00.000Z";

const FACTS: ClusterFacts = {
  version: 1,
  clusterId: ClusterId.parse("local"),
  name: "local",
  ranks: 3,
  createdAt: AT,
  ranksMade: true,
  desired: "running",
  fencingToken: 0,
  engineVersion: "",
  orders: [],
  restores: [],
};

function restore(operationId: string, phase: RestoreRecord["phase"]): RestoreRecord {
  return { operationId, phase, openedAt: AT, keeping: false };
}

it("remembers a restore once, with what is known of it last", () => {
  const opened = rememberRestore(FACTS, restore("a", "preparing"));
  const ready = rememberRestore(opened, restore("a", "ready"));
  expect(ready.restores).toEqual([restore("a", "ready")]);
});

it("forgets old restores and orders, but never a restore whose previous data is still there", () => {
  let facts = rememberRestore(FACTS, restore("first", "swapped"));
  for (let n = 0; n < 300; n += 1) {
    facts = rememberRestore(facts, restore(`r${n}`, "failed"));
    facts = rememberOrder(facts, { operationId: `o${n}`, kind: "suspend" });
  }
  expect(findRestore(facts, "first")).toBeDefined();
  expect(findRestore(facts, "r0")).toBeUndefined();
  expect(findRestore(facts, "r299")).toBeDefined();
  expect(facts.restores.length).toBeLessThanOrEqual(101);
  expect(facts.orders.length).toBe(100);
});

it("lets the data from before an earlier restore go when a new one is in place, and not before", () => {
  const earlier = rememberRestore(FACTS, restore("earlier", "swapped"));
  const sealing = rememberRestore(earlier, restore("later", "sealing"));
  expect(findRestore(sealing, "earlier")).toMatchObject({ phase: "swapped", keeping: false });
  expect(unresolvedRestore(sealing)).toMatchObject({ operationId: "later" });
  const swapped = rememberSwapIn(sealing, restore("later", "sealing"));
  expect(findRestore(swapped, "later")).toMatchObject({ phase: "swapped", keeping: false });
  expect(findRestore(swapped, "earlier")).toMatchObject({ phase: "swapped", keeping: true });
});

it("refuses a configuration that would hide data of the cluster", () => {
  expect(misfit(FACTS, { clusterId: FACTS.clusterId, ranks: 3 })).toBeUndefined();
  expect(misfit(FACTS, { clusterId: FACTS.clusterId, ranks: 1 })).toContain("3 rank(s)");
  expect(misfit(FACTS, { clusterId: ClusterId.parse("other"), ranks: 3 })).toContain('"local"');
});

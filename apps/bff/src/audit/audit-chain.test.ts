import { expect, test } from "vitest";
import { GENESIS_HASH, hashOf } from "./audit-chain.ts";

const entry = {
  seq: 1,
  at: "2026-11-22T14:00:00.000Z",
  actor: "ana",
  origin: "127.0.0.1",
  act: "backup.start",
  target: "cluster local",
  result: "accepted",
  previousHash: GENESIS_HASH,
};

test("an entry's hash does not depend on the order of its fields, and on nothing less than all of them", () => {
  const { actor, ...rest } = entry;
  expect(hashOf({ ...rest, actor })).toBe(hashOf(entry));
  for (const change of [{ actor: "bob" }, { requestId: "r" }, { previousHash: "1".repeat(64) }, { seq: 2 }]) {
    expect(hashOf({ ...entry, ...change })).not.toBe(hashOf(entry));
  }
});

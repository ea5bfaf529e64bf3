import { describe, expect, test } from "vitest";
import { aBackup, aSuspect } from "./a-backup.ts";
import { proofStandings } from "./proof-standings.ts";

const listed = { level: "L1", provenAt: "2026-11-22T13:52:03.000Z" } as const;
const read = { level: "L2", provenAt: "2026-11-22T13:53:00.000Z" } as const;

describe("The proofs of a backup", () => {
  test("are told level by level, those that nobody has looked at among them", () => {
    expect(proofStandings(aBackup({ proof: read, proofs: [listed, read] }))).toEqual([
      { level: "L1", standing: "passed", at: listed.provenAt },
      { level: "L2", standing: "passed", at: read.provenAt },
      { level: "L3", standing: "open" },
    ]);
  });

  test("show the level that failed as failed, whatever was passed before", () => {
    const suspect = aSuspect({ level: "L2" });
    expect(proofStandings(aBackup({ proofs: [listed], suspect }))).toMatchObject([
      { level: "L1", standing: "passed" },
      { level: "L2", standing: "failed", at: suspect.foundAt },
      { level: "L3", standing: "open" },
    ]);
  });
});

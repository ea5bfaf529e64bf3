import type { Proof, ProofRecord } from "@snapdeck/contract/proof";
import { BackupId, ClusterId, JobId } from "@snapdeck/contract/scalars";
import { describe, expect, test } from "vitest";
import { standingOf } from "./proof-standing.ts";

const listed: Proof = { level: "L1", provenAt: "2026-11-22T10:00:00.000Z" };

/** A proof at minute `minute` of the hour after; faulty ones name one file. */
function record(level: "L2" | "L3", minute: number, faults = 0): ProofRecord {
  return {
    format: "snapdeck-proof/1",
    clusterId: ClusterId.parse("local"),
    backupId: BackupId.parse("20261122t100000-abcd"),
    manifestSha256: "a".repeat(64),
    jobId: JobId.parse("6c3a1c1e-8a53-4a55-9d3a-4f2b3b1c2d3e"),
    level,
    provenAt: `2026-11-22T11:${String(minute).padStart(2, "0")}:00.000Z`,
    files: 3,
    sizeBytes: 300,
    faults: Array.from({ length: Math.min(faults, 100) }, (_, n) => ({
      subject: `rank-0/data/${n}.bin`,
      fault: "bytes" as const,
      detail: "its bytes are other ones",
    })),
    faultsTotal: faults,
  };
}

describe("how far a backup is proven", () => {
  test("before any later proof it stands where its manifest left it", () => {
    expect(standingOf(listed, [])).toEqual({ proof: listed, proofs: [listed] });
  });

  test("the strongest proof that was passed counts, and the newest of its level", () => {
    const standing = standingOf(listed, [record("L3", 1), record("L2", 2), record("L2", 3)]);
    expect(standing.proof).toEqual({ level: "L3", provenAt: "2026-11-22T11:01:00.000Z" });
    expect(standing.proofs.map(({ level, provenAt }) => `${level} ${provenAt.slice(14, 16)}`)).toEqual([
      "L1 00",
      "L2 03",
      "L3 01",
    ]);
    expect(standing.suspect).toBeUndefined();
  });

  test("a failed proof makes it suspect and takes back what was proven as strongly", () => {
    const standing = standingOf(listed, [record("L2", 1), record("L3", 2), record("L2", 3, 2)]);
    expect(standing.proof).toEqual(listed);
    expect(standing.proofs).toEqual([listed]);
    expect(standing.suspect).toMatchObject({ level: "L2", foundAt: "2026-11-22T11:03:00.000Z", faultsTotal: 2 });
  });

  test("it is suspect until a proof at least as strong is passed", () => {
    expect(standingOf(listed, [record("L3", 1, 1), record("L2", 2)]).suspect).toMatchObject({ level: "L3" });
    expect(standingOf(listed, [record("L3", 1, 1), record("L2", 2)]).proof.level).toBe("L2");
    expect(standingOf(listed, [record("L2", 1, 1), record("L2", 2)]).suspect).toBeUndefined();
    expect(standingOf(listed, [record("L2", 1, 1), record("L3", 2)]).suspect).toBeUndefined();
  });

  test("a weaker failure that was found later is the one that is told", () => {
    const standing = standingOf(listed, [record("L3", 1, 1), record("L2", 2, 3)]);
    expect(standing.suspect).toMatchObject({ level: "L2", faultsTotal: 3 });
  });

  test("a list names the first twenty faults and counts them all", () => {
    const { suspect } = standingOf(listed, [record("L2", 1, 150)]);
    expect(suspect?.faults).toHaveLength(20);
    expect(suspect?.faultsTotal).toBe(150);
  });
});

import { type ProofFault, ProofRecord } from "@snapdeck/contract/proof";
import { standingOf } from "@snapdeck/core/backups/proof-standing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { supersededProofs } from "./superseded-proofs.ts";

const LISTED = { level: "L1", provenAt: "2026-01-01T00:00:00.000Z" } as const;
const FAULT: ProofFault = { subject: "rank-0/1.bin", fault: "bytes", detail: "its bytes are other ones" };

function record(at: number, level: "L2" | "L3", isPassed: boolean): ProofRecord {
  return ProofRecord.parse({
    format: "snapdeck-proof/1",
    clusterId: "local",
    backupId: "b1",
    manifestSha256: "0".repeat(64),
    jobId: "3f0d3c49-8f0e-4f6b-9a3e-0e6f5b1f7a11",
    level,
    provenAt: new Date(Date.UTC(2026, 1, 1) + at).toISOString(),
    files: 1,
    sizeBytes: 1,
    faults: isPassed ? [] : [FAULT],
    faultsTotal: isPassed ? 0 : 1,
  });
}

const records = fc
  .array(fc.tuple(fc.constantFrom("L2" as const, "L3" as const), fc.boolean()), { maxLength: 12 })
  .map((drawn) => drawn.map(([level, isPassed], at) => record(at, level, isPassed)));

test("I6: without the proofs that later ones supersede, a backup stands where it stood, and four of them are enough", () => {
  fc.assert(
    fc.property(records, (all) => {
      const superseded = new Set(supersededProofs(all));
      const kept = all.filter((each) => !superseded.has(each));
      expect(standingOf(LISTED, kept)).toEqual(standingOf(LISTED, all));
      expect(kept.length).toBeLessThanOrEqual(4);
      expect(supersededProofs(kept)).toEqual([]);
    }),
  );
});

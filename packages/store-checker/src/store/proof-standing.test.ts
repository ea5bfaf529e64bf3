import { ProofRecord } from "@snapdeck/contract/proof";
import { describe, expect, test } from "vitest";
import { standingOf } from "./proof-standing.ts";

const at = (second: number) => new Date(second * 1_000).toISOString();
const LISTED = { level: "L1", provenAt: at(0) } as const;

/** Records of proofs, oldest first: `L2+` passed, `L3-` failed. */
const records = (...proofs: string[]) =>
  proofs.map((proof, index) =>
    ProofRecord.parse({
      format: "snapdeck-proof/1",
      clusterId: "local",
      backupId: "b-1",
      manifestSha256: "a".repeat(64),
      jobId: "5636eaa6-0a3f-428b-8e11-d0486aad83f6",
      level: proof.slice(0, 2),
      provenAt: at(index + 1),
      files: 1,
      sizeBytes: 1,
      faults: proof.endsWith("-") ? [{ subject: "x", fault: "bytes", detail: "differs" }] : [],
      faultsTotal: proof.endsWith("-") ? 1 : 0,
    }),
  );

describe("I7: how far a backup is proven by its records", () => {
  test.each([
    { of: [], level: "L1", suspect: undefined },
    { of: ["L2+"], level: "L2", suspect: undefined },
    { of: ["L2+", "L3+"], level: "L3", suspect: undefined },
    { of: ["L3+", "L2+"], level: "L3", suspect: undefined },
    { of: ["L2-"], level: "L1", suspect: "L2" },
    { of: ["L2-", "L2+"], level: "L2", suspect: undefined },
    { of: ["L3-", "L2+"], level: "L2", suspect: "L3" },
    { of: ["L2-", "L3+"], level: "L3", suspect: undefined },
    { of: ["L3+", "L2-"], level: "L1", suspect: "L2" },
    { of: ["L3-", "L2-", "L2+"], level: "L2", suspect: "L3" },
    { of: ["L3-", "L2-", "L3+"], level: "L3", suspect: undefined },
  ])("$of is $level, suspect: $suspect", ({ of, level, suspect }) => {
    const standing = standingOf(LISTED, records(...of));
    expect(standing.proof.level).toBe(level);
    expect(standing.suspect?.level).toBe(suspect);
    expect(standing.proofs.at(-1)).toEqual(standing.proof);
    expect(standing.proofs[0]).toEqual(LISTED);
  });
});

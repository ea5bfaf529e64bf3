import { Manifest } from "@snapdeck/contract/manifest";
import { describe, expect, it } from "vitest";
import { inLeg, ScanProgress } from "./trial-progress.ts";

const RANK: Manifest["ranks"][number] = {
  rank: 0,
  folder: Manifest.shape.ranks.element.shape.folder.parse("a1-x/rank-0"),
  databases: ["to wn"],
  tables: [],
  definitions: [],
  files: ["data/to%20wn/words/all_1_1_0/id.bin", "data/to%20wn/words/all_1_1_0/word.bin", ".backup"].map((path) =>
    Manifest.shape.ranks.element.shape.files.element.parse({ path, sizeBytes: 10 }),
  ),
  sizeBytes: 30,
};

describe("the progress of an L3", () => {
  it("counts reading and restoring as two of four legs", () => {
    const rank = { rank: 0, bytesDone: 15, bytesTotal: 30, filesDone: 1, filesTotal: 3 };
    expect(inLeg(1, { type: "progress", ranks: [rank] })).toEqual({
      type: "progress",
      ranks: [{ rank: 0, bytesDone: 45, bytesTotal: 120, filesDone: 4, filesTotal: 12 }],
    });
    const phase = { type: "phase", phase: "reading" } as const;
    expect(inLeg(0, phase)).toBe(phase);
  });

  it("counts scanned tables by their files, and ends at the total", () => {
    const progress = new ScanProgress({ ranks: [RANK] });
    const bytes = () => progress.ranks.map(({ bytesDone, bytesTotal }) => `${bytesDone}/${bytesTotal}`).join();
    expect(bytes()).toBe("60/120");
    progress.scanned(RANK, { database: "to wn", table: "words" });
    expect(bytes()).toBe("80/120");
    progress.endLeg(RANK);
    expect(bytes()).toBe("90/120");
    progress.endLeg(RANK);
    expect(bytes()).toBe("120/120");
  });
});

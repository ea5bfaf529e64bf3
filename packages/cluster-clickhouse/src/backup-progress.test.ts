import { describe, expect, test } from "vitest";
import { BackupProgress } from "./backup-progress.ts";
import type { EngineOperation } from "./engine-operation.ts";

function operation(overrides: Partial<EngineOperation>): EngineOperation {
  return {
    id: "x",
    destination: "File('x')",
    stage: "running",
    error: "",
    queryId: "q",
    filesTotal: 0,
    filesDone: 0,
    bytesTotal: 0,
    bytesDone: 0,
    failedWrites: 0,
    startedAt: "2026-01-01T00:00:00.000Z",
    ...overrides,
  };
}

describe("The progress of a backup", () => {
  test("is measured against the plan, because the engine's own total grows as it goes", () => {
    const progress = new BackupProgress(new Map([[0, 1_000]]));
    const [rank] = progress.after(
      new Map([[0, operation({ bytesTotal: 10, bytesDone: 10, filesDone: 1, filesTotal: 2 })]]),
    );
    expect(rank).toEqual({ rank: 0, bytesDone: 10, bytesTotal: 1_000, filesDone: 1, filesTotal: 2 });
  });

  test("never goes back and never passes its total", () => {
    const progress = new BackupProgress(new Map([[0, 100]]));
    progress.after(new Map([[0, operation({ bytesDone: 150 })]]));
    expect(progress.after(new Map([[0, operation({ bytesDone: 90 })]]))).toMatchObject([
      { bytesDone: 150, bytesTotal: 150 },
    ]);
  });

  test("ends exactly full, also when less was copied than planned", () => {
    const progress = new BackupProgress(new Map([[0, 1_000]]));
    const done = operation({ stage: "succeeded", bytesDone: 900, filesDone: 9, filesTotal: 12 });
    expect(progress.after(new Map([[0, done]]))).toEqual([
      { rank: 0, bytesDone: 900, bytesTotal: 900, filesDone: 9, filesTotal: 9 },
    ]);
  });

  test("begins once the engine has begun to copy", () => {
    expect(BackupProgress.isCopying(new Map([[0, operation({})]]))).toBe(false);
    expect(BackupProgress.isCopying(new Map([[0, operation({ bytesTotal: 1 })]]))).toBe(true);
    expect(BackupProgress.isCopying(new Map([[0, operation({ stage: "succeeded" })]]))).toBe(true);
  });
});

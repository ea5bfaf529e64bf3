import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { promisify } from "node:util";
import type { BenchStack } from "./bench-stack.ts";
import { msRows, type PageRow } from "./page-row.ts";
import { interleaved, timed } from "./rounds.ts";
import type { TakenBackup } from "./snapshot-rounds.ts";

const run = promisify(execFile);
const COPY = "plain copy of the snapshot, then `sync`";
const PLAIN = "restore beside what is there";
const CHECKED = "the same with `CHECKSUM`";

/** Restores under another name, so that each round finds what the one before found, beside a plain copy of the same files. */
export async function snapshotRestores(stack: BenchStack, backup: TakenBackup, rounds: number): Promise<PageRow[]> {
  const copy = stack.place("copy");
  const restored = async (options: string) => {
    const sql = `RESTORE BACKUP ${backup.name} DATA SOURCE = ops.backups OBJECTS (ALL = noise)
      WITH OPTIONS (TARGET_SCHEMA_MAP = 'noise:again'${options})`;
    const took = await timed(() => stack.console.job(sql));
    // At once, or the engine would keep the bytes for minutes.
    await stack.engine.command({ query: "DROP DATABASE again SYNC" });
    return took;
  };
  const results = await interleaved(rounds, {
    [COPY]: async () => {
      const took = await timed(async () => {
        await run("cp", ["-r", backup.folder, copy]);
        await run("sync");
      });
      await rm(copy, { recursive: true });
      return took;
    },
    [PLAIN]: () => restored(""),
    [CHECKED]: () => restored(", CHECKSUM = true"),
  });
  return msRows(results, COPY, { [PLAIN]: "1.3 x", [CHECKED]: "2.5 x" });
}

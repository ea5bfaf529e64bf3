import { BenchStack } from "./bench-stack.ts";
import type { PageRow } from "./page-row.ts";
import { folds } from "./snapshot-folds.ts";
import { snapshotRestores } from "./snapshot-restores.ts";
import { fullSnapshots, incrementals, makeNoise } from "./snapshot-rounds.ts";

/** Database Backup through the HTTP API, on servers of its own. */
export async function databaseBackups(rows: number): Promise<PageRow[]> {
  await using stack = await BenchStack.start();
  await makeNoise(stack, rows);
  const full = await fullSnapshots(stack, 5);
  const restores = await snapshotRestores(stack, full.last, 3);
  const increments = await incrementals(stack, 3, Math.ceil(rows / 10));
  return [...full.rows, ...increments, ...restores, ...(await folds(stack, 3))];
}

import type { RankProgress } from "@snapdeck/contract/job";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Work, WorkOrder, WorkReport } from "@snapdeck/core/ports/cluster";
import { z } from "zod";
import { clearAfter } from "./after-failure.ts";
import { readTables } from "./catalog.ts";
import type { ClusterParts } from "./cluster-parts.ts";
import {
  DISCARD_STEPS,
  EXAMPLE_DATABASE,
  type ExampleStep,
  exampleSteps,
  LOADED_COMMENT,
  LOADING_COMMENT,
} from "./example-schema.ts";
import type { RankClient } from "./rank-client.ts";
import { awaitRunningRanks, runningRanks } from "./running-ranks.ts";
import { SELECT_DATABASE_COMMENT } from "./sql.ts";

/** What a row of the example takes on disk on the average, in bytes; measured, and only used to show how far the work is. */
const BYTES_PER_ROW = 17;

const CommentRow = z.object({ comment: z.string() });

/** Generates the example data on all ranks at once. See `ClusterData.loadExample`. */
export async function* loadExample(parts: ClusterParts, order: WorkOrder, signal: AbortSignal): Work {
  const clients = await (order.takeUp ? awaitRunningRanks(parts) : runningRanks(parts));
  if (order.takeUp) {
    const comments = await Promise.all(clients.map(commentOf));
    if (comments.every((comment) => comment === LOADED_COMMENT)) {
      yield await confirmed(clients);
      return;
    }
    await order.checkFence();
    await discardExample(parts);
    const detail = "the example data was half loaded and was removed again";
    yield signal.aborted ? { type: "stopped" } : { type: "lost", detail };
    return;
  }
  await assertEmpty(parts, clients);
  await order.checkFence();
  yield { type: "phase", phase: "generating" };
  try {
    const isDone = yield* generate(clients, signal);
    if (isDone) {
      yield await confirmed(clients);
      return;
    }
  } catch (thrown) {
    await clearAfter(thrown, order, () => discardExample(parts));
    throw thrown;
  }
  await order.checkFence();
  await discardExample(parts);
  yield { type: "stopped" };
}

/** Removes an example that was not loaded to its end; what is whole is the user's and stays. */
export async function discardExample(parts: ClusterParts): Promise<void> {
  for (const client of await runningRanks(parts)) {
    if ((await commentOf(client)) !== LOADING_COMMENT) continue;
    for (const statement of DISCARD_STEPS) {
      await client.run("removing the example data", statement, { timeoutMs: "long" });
    }
  }
}

/** Runs the steps of all ranks side by side, one after the other on each. Answers false when `signal` aborted. */
async function* generate(clients: readonly RankClient[], signal: AbortSignal): AsyncGenerator<WorkReport, boolean> {
  const queues = clients.map((client, at) => ({ client, steps: exampleSteps(at, clients.length) }));
  const most = Math.max(...queues.map(({ steps }) => steps.length));
  for (let at = 0; at < most; at++) {
    if (signal.aborted) return false;
    const outcomes = await Promise.allSettled(
      queues.map(async ({ client, steps }) => {
        const step = steps[at];
        if (step !== undefined) await client.run("generating example data", step.statement, { timeoutMs: "long" });
      }),
    );
    for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
    yield { type: "progress", ranks: queues.map(({ client, steps }) => progressOf(client.rank, steps, at + 1)) };
  }
  return true;
}

function progressOf(rank: number, steps: readonly ExampleStep[], done: number): RankProgress {
  const rowsOf = (some: readonly ExampleStep[]) => some.reduce((sum, step) => sum + step.rows, 0);
  return {
    rank,
    bytesDone: rowsOf(steps.slice(0, done)) * BYTES_PER_ROW,
    bytesTotal: rowsOf(steps) * BYTES_PER_ROW,
    filesDone: Math.min(done, steps.length),
    filesTotal: steps.length,
  };
}

async function assertEmpty(parts: ClusterParts, clients: readonly RankClient[]): Promise<void> {
  const tables = (await Promise.all(clients.map(readTables))).flat();
  const comments = await Promise.all(clients.map(commentOf));
  const [table] = tables;
  if (table === undefined && comments.every((comment) => comment === undefined)) return;
  const what = table === undefined ? `database ${EXAMPLE_DATABASE}` : `table ${table.database}.${table.name}`;
  throw new SnapdeckError("cluster-not-empty", `cluster ${parts.name} holds ${what} already; nothing was added`, {
    hint: "Example data is for an empty cluster.",
  });
}

/** The comment of the example's database; undefined when there is none. */
async function commentOf(client: RankClient): Promise<string | undefined> {
  const params = { database: EXAMPLE_DATABASE };
  const [row] = await client.rows("looking for the example data", CommentRow, SELECT_DATABASE_COMMENT, { params });
  return row?.comment;
}

/** Counted by the engines, after the last row went in. */
async function confirmed(clients: readonly RankClient[]): Promise<WorkReport> {
  const tables = (await Promise.all(clients.map(readTables)))
    .flat()
    .filter((each) => each.database === EXAMPLE_DATABASE);
  return {
    type: "confirmed",
    evidence: {
      kind: "load-example-data",
      tables: new Set(tables.filter((table) => table.rows !== undefined).map((table) => table.name)).size,
      rows: tables.reduce((sum, table) => sum + (table.rows ?? 0), 0),
    },
  };
}

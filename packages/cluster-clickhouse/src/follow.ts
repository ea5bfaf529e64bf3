import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { meaningOfOperation } from "./engine-error.ts";
import type { EngineOperation } from "./engine-operation.ts";
import { pause } from "./pause.ts";
import type { RankWork } from "./rank-work.ts";

/** What is known of each rank's operation, by its rank number. */
export type RankOperations = ReadonlyMap<number, EngineOperation>;

/**
 * Looks at the operations of all ranks until every one succeeded, and answers them. Yields each time something was learned.
 * Answers undefined when `signal` aborted before; the operations then still run.
 * @throws {SnapdeckError} `engine-failed`, `disk-full`, `rank-lost`, `no-progress`; the others then still run.
 */
export async function* follow(
  works: readonly RankWork[],
  pollMs: number,
  signal: AbortSignal,
): AsyncGenerator<RankOperations, RankOperations | undefined> {
  const known = new Map<number, EngineOperation>();
  for (;;) {
    if (signal.aborted) return undefined;
    await Promise.all(
      works
        .filter(({ rank }) => known.get(rank)?.stage !== "succeeded")
        .map(async (work) => {
          const operation = await work.look();
          if (operation !== undefined) known.set(work.rank, operation);
        }),
    );
    for (const work of works) assertNotEnded(work.rank, known.get(work.rank));
    yield known;
    if (works.every(({ rank }) => known.get(rank)?.stage === "succeeded")) return known;
    await pause(pollMs, signal);
  }
}

function assertNotEnded(rank: number, operation: EngineOperation | undefined): void {
  if (operation?.stage === "failed") {
    const { code, hint } = meaningOfOperation(operation.error);
    throw new SnapdeckError(code, `rank ${rank} reported: ${operation.error}`, { hint });
  }
  if (operation?.stage === "canceled") {
    throw new SnapdeckError("engine-failed", `the work of rank ${rank} was canceled in the engine, by somebody else`, {
      hint: "Find out who did, then start it again.",
    });
  }
}

import { setTimeout as pause } from "node:timers/promises";
import type { ClusterId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Log } from "../log.ts";
import type { Actor, Services } from "../services.ts";

const TRIES = 30;
const PAUSE_MS = 1_000;

type Parts = {
  readonly services: Pick<Services, "clusters" | "jobs">;
  readonly clusterId: ClusterId;
  readonly newId: () => string;
  readonly log: Log;
  readonly signal: AbortSignal;
};

/**
 * Starts the job that fills an empty cluster with example data, as the command line asked for. Waits up to half a minute for a
 * cluster that is just starting; leaves one alone that holds data or is suspended.
 */
export async function loadExampleData({ services, clusterId, newId, log, signal }: Parts): Promise<void> {
  const actor: Actor = { username: "snapdeck", role: "admin", origin: "system", requestId: newId() };
  for (let tries = 1; ; tries += 1) {
    try {
      const job = await services.jobs.start(clusterId, { kind: "load-example-data" }, actor);
      return log.info({ jobId: job.id }, "loading example data");
    } catch (error) {
      if (!(error instanceof SnapdeckError)) throw error;
      const { state } = await services.clusters.view(clusterId, actor.role);
      const mayCome = state !== "suspended" && error.code !== "cluster-not-empty" && error.code !== "not-supported";
      if (!mayCome || tries === TRIES) return log.info({ code: error.code }, "example data was not loaded");
    }
    await pause(PAUSE_MS, undefined, { signal, ref: false });
  }
}

import type { ClusterRegistry } from "./clusters/cluster-registry.ts";
import { stateAnswers } from "./state/open-state-database.ts";
import type { StateDb } from "./state/state-tables.ts";

/** Whether the state database and every cluster answer; what does not is named. */
export async function readinessOf(
  db: StateDb,
  registry: ClusterRegistry,
): Promise<{ ready: boolean; waitingFor: string[] }> {
  const waitingFor: string[] = [];
  if (!(await stateAnswers(db))) waitingFor.push("state database");
  for (const { cluster, watcher } of registry.all()) {
    const { state } = await watcher.shown();
    if (state === "unreachable") waitingFor.push(`cluster ${cluster.id}`);
  }
  return { ready: waitingFor.length === 0, waitingFor };
}

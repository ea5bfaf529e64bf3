import type { Action, ClusterState } from "@snapdeck/contract/cluster";
import type { Job, JobKind } from "@snapdeck/contract/job";
import type { Role } from "@snapdeck/contract/role";
import type { ClusterId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { isEnded } from "@snapdeck/core/jobs/advance-job";
import { lockModeOf } from "@snapdeck/core/jobs/lock-mode";
import type { JobStore } from "@snapdeck/core/ports/job-store";
import { availabilityOf, type Situation } from "@snapdeck/core/rules/availability";
import type { ClusterRegistry } from "../clusters/cluster-registry.ts";
import { clusterBusy } from "./busy.ts";

/** Which action of a person begins each kind of job. */
export const ACTION_OF: Record<JobKind, Exclude<Action, "cancelJob">> = {
  backup: "backUp",
  restore: "restore",
  "delete-backup": "deleteBackup",
  suspend: "suspend",
  resume: "resume",
  "load-example-data": "loadExampleData",
};

/** Applies the rules to what the cluster says now, not to what was shown of it. */
export class Gatekeeper {
  readonly #registry: ClusterRegistry;
  readonly #store: JobStore;

  constructor(registry: ClusterRegistry, store: JobStore) {
    this.#registry = registry;
    this.#store = store;
  }

  /**
   * Answers the cluster's state, as just observed, when the action may begin.
   * @throws {SnapdeckError} the reason why it may not: `role-needed`, `not-supported`, `cluster-not-suspended`, `cluster-not-running`,
   *   `cluster-busy`
   */
  async mustAllow(clusterId: ClusterId, action: Action, role: Role): Promise<ClusterState> {
    const { cluster, watcher } = this.#registry.get(clusterId);
    const [{ state }, { items: activity }] = await Promise.all([watcher.observeNow(), this.#store.activity(clusterId)]);
    const situation = { role, state, traits: cluster.traits, activity };
    const availability = availabilityOf(action, situation);
    if (availability.allowed) return state;
    const holder = exclusiveHolder(action, activity);
    // A job that moves the cluster explains its state better than the state does, and the answer links to it.
    if (holder !== undefined && EXPLAINED_BY_JOB.has(availability.code)) {
      throw clusterBusy({ jobId: holder.id, work: holder.work });
    }
    throw new SnapdeckError(availability.code, detailOf(action, availability.reason, availability.code, situation), {
      hint: availability.wayOut === undefined ? GENERAL_HINT : `${availability.reason}.`,
      ...(availability.jobId === undefined ? {} : { jobId: availability.jobId }),
    });
  }
}

const GENERAL_HINT = "Look at the cluster's page: it says what can be done now.";

const EXPLAINED_BY_JOB = new Set<string>(["cluster-not-suspended", "cluster-not-running"]);

/**
 * The job that has the cluster to itself. A restore of a cluster that is only being suspended is refused for its state: whatever
 * holds the lock, restore says `cluster-not-suspended` until it is.
 */
function exclusiveHolder(action: Action, activity: readonly Job[]): Job | undefined {
  const holder = activity.find((job) => !isEnded(job.state) && lockModeOf(job.work.kind) === "exclusive");
  return action === "restore" && holder?.work.kind !== "restore" ? undefined : holder;
}

function detailOf(action: Action, reason: string, code: string, { state, role }: Situation): string {
  switch (code) {
    case "cluster-not-suspended":
    case "cluster-not-running":
      return `the cluster is ${state}${action === "restore" ? ", and only a suspended one is restored" : ""}; nothing was changed`;
    case "role-needed":
      return `${lowered(reason)}, and yours is ${role}; nothing was changed`;
    default:
      return `${lowered(reason)}; nothing was changed`;
  }
}

function lowered(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}

import type { Action, Inventory } from "@snapdeck/contract/cluster";
import type { Role } from "@snapdeck/contract/role";
import type { ClusterId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { ClusterObservation } from "@snapdeck/core/ports/cluster";
import type { JobStore } from "@snapdeck/core/ports/job-store";
import { availabilityOf, type Situation } from "@snapdeck/core/rules/availability";
import type { ClusterRegistry } from "../clusters/cluster-registry.ts";
import type { Inventories } from "../clusters/inventories.ts";
import { clusterBusy } from "./busy.ts";

/** Applies the rules to what the cluster says now, not to what was shown of it. */
export class Gatekeeper {
  readonly #registry: ClusterRegistry;
  readonly #store: JobStore;
  readonly #inventories: Inventories;

  constructor(registry: ClusterRegistry, store: JobStore, inventories: Inventories) {
    this.#registry = registry;
    this.#store = store;
    this.#inventories = inventories;
  }

  /**
   * Answers how the cluster was just observed when the action may begin.
   * @throws {SnapdeckError} the reason why it may not: `role-needed`, `not-supported`, `cluster-not-suspended`, `cluster-not-running`,
   *   `no-previous-data`, `cluster-unreachable`, `cluster-busy`
   */
  async mustAllow(
    clusterId: ClusterId,
    action: Action,
    role: Role,
    more: Pick<Situation, "deed"> = {},
  ): Promise<ClusterObservation> {
    const { cluster, watcher } = this.#registry.get(clusterId);
    const [observed, { items: activity }] = await Promise.all([watcher.observeNow(), this.#store.activity(clusterId)]);
    const { state } = observed;
    const holdsTables =
      action === "loadExampleData" && state === "running"
        ? hasTables(await this.#inventories.read(cluster))
        : undefined;
    const hasPreviousData = observed.previousData !== undefined;
    const situation = { role, state, traits: cluster.traits, activity, holdsTables, hasPreviousData, ...more };
    const availability = availabilityOf(action, situation);
    if (availability.allowed) return observed;
    const holder = activity.find(({ id }) => id === availability.jobId);
    if (holder !== undefined) throw clusterBusy({ jobId: holder.id, work: holder.work });
    throw new SnapdeckError(availability.code, detailOf(action, availability.reason, availability.code, situation), {
      hint: availability.wayOut === undefined ? GENERAL_HINT : `${availability.reason}.`,
    });
  }
}

function hasTables({ databases }: Inventory): boolean {
  return databases.some(({ tables }) => tables.length > 0);
}

const GENERAL_HINT = "Look at the cluster's page: it says what can be done now.";

const ONLY_SUSPENDED: Partial<Record<Action, string>> = {
  restore: ", and only a suspended one is restored",
  undoRestore: ", and a restore is undone only while it is suspended",
};

function detailOf(action: Action, reason: string, code: string, { state, role }: Situation): string {
  switch (code) {
    case "cluster-not-suspended":
    case "cluster-not-running":
      return `the cluster is ${state}${ONLY_SUSPENDED[action] ?? ""}; nothing was changed`;
    case "role-needed":
      return `${lowered(reason)}, and yours is ${role}; nothing was changed`;
    default:
      return `${lowered(reason)}; nothing was changed`;
  }
}

function lowered(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}

import { hostname } from "node:os";
import type { Rank } from "@snapdeck/contract/cluster";
import type { HostRank, HostStatus } from "@snapdeck/contract/host";
import { JobId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { ClusterObservation } from "@snapdeck/core/ports/cluster";
import { readVersion } from "./catalog.ts";
import type { ClusterParts } from "./cluster-parts.ts";

type Seen = Pick<ClusterObservation, "engine" | "state" | "ranks" | "previousData" | "newestToken"> & {
  detail?: string | undefined;
};

/** Tells how the cluster stands; remembers what it looked like last, for when it does not answer. */
export class Observer {
  readonly #parts: ClusterParts;
  #last: Seen | undefined;

  constructor(parts: ClusterParts) {
    this.#parts = parts;
  }

  async observe(): Promise<ClusterObservation> {
    const { host } = this.#parts;
    const [seen, store] = await Promise.all([
      (host === undefined ? this.#askRanks() : host.status().then(seenByHost)).catch((thrown: unknown) =>
        this.#unreachable(thrown),
      ),
      this.#store(),
    ]);
    if (seen.state !== "unreachable") this.#last = seen;
    const { detail, ...facts } = seen;
    return {
      ...facts,
      observedAt: this.#parts.clock(),
      ...(detail === undefined ? {} : { detail }),
      ...(store === undefined ? {} : { store }),
    };
  }

  async #store(): Promise<ClusterObservation["store"]> {
    const { store } = this.#parts;
    try {
      return { name: store.name, ...(await store.space()) };
    } catch {
      // Nobody can say how full it is; whatever needs it says why it cannot be reached.
      return undefined;
    }
  }

  async #askRanks(): Promise<Seen> {
    const clients = await this.#parts.ranks.all();
    const answers = await Promise.allSettled(clients.map(readVersion));
    const up = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
    const ranks = clients.map(({ rank }, at): Rank => {
      const answer = answers[at];
      if (answer?.status === "fulfilled") return { rank, state: "up", place: answer.value.host };
      return { rank, state: "unknown", place: this.#placeOf(rank), detail: "it does not answer" };
    });
    const [first] = up;
    if (first === undefined) throw new SnapdeckError("cluster-unreachable", "no rank answered");
    const isWhole = up.length === clients.length;
    return {
      engine: { name: "ClickHouse", version: first.version },
      state: isWhole ? "running" : "unreachable",
      ranks,
      detail: isWhole ? undefined : `${clients.length - up.length} of ${clients.length} ranks do not answer`,
    };
  }

  #unreachable(thrown: unknown): Seen {
    const ranks = (this.#last?.ranks ?? []).map(({ rank, place }): Rank => ({ rank, place, state: "unknown" }));
    return {
      engine: this.#last?.engine ?? { name: "ClickHouse", version: "unknown" },
      state: "unreachable",
      ranks,
      ...(this.#last?.previousData === undefined ? {} : { previousData: this.#last.previousData }),
      detail: thrown instanceof SnapdeckError ? thrown.detail : "it did not answer as expected",
    };
  }

  #placeOf(rank: number): string {
    return this.#last?.ranks.find((each) => each.rank === rank)?.place ?? "unknown";
  }
}

function seenByHost(status: HostStatus): Seen {
  return {
    engine: { name: "ClickHouse", version: status.engineVersion },
    state: status.state,
    newestToken: status.fencingToken,
    ranks: status.ranks.map(seenRank),
    detail: whyInThisState(status),
    ...previousDataOf(status),
  };
}

/** The host manager knows a restore by the id of its job. Data that is being let go or swapped back cannot be asked for any more. */
function previousDataOf({ restore }: HostStatus): Pick<ClusterObservation, "previousData"> {
  if (restore?.phase !== "swapped" || restore.swappedAt === undefined) return {};
  return { previousData: { restoreId: JobId.parse(restore.operationId), swappedAt: restore.swappedAt } };
}

function seenRank({ pid, state, ...rank }: HostRank): Rank {
  const place = pid === undefined ? hostname() : `${hostname()}, process ${pid}`;
  return { ...rank, place, state: state === "crashed" ? "lost" : state };
}

function whyInThisState({ state, transition, restore, ranks }: HostStatus): string | undefined {
  if (transition?.phase === "draining" && transition.queriesLeft !== undefined) {
    return `waits for ${transition.queriesLeft} running queries`;
  }
  if (transition?.phase === "failed" && state !== "running") return transition.detail;
  if (state === "restoring") return restore?.detail;
  const lost = ranks.filter((rank) => rank.state === "crashed");
  return lost.length === 0 ? undefined : `${lost.length} of ${ranks.length} ranks are lost and are started again`;
}

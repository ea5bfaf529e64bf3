import type { ClusterId } from "@snapdeck/contract/scalars";
import type { Log } from "../log.ts";
import type { ClusterEvent } from "../services.ts";

type Listener = (event: ClusterEvent) => void;

/** Tells those who watch a cluster what happened. A listener that throws is logged and disturbs nobody else. */
export class ClusterEvents {
  readonly #listeners = new Map<ClusterId, Set<Listener>>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  watch(clusterId: ClusterId, listener: Listener): () => void {
    const listeners = this.#listeners.get(clusterId) ?? new Set();
    this.#listeners.set(clusterId, listeners);
    // The same function may watch twice, and each stops on its own.
    const own: Listener = (event) => listener(event);
    listeners.add(own);
    return () => {
      listeners.delete(own);
    };
  }

  emit(clusterId: ClusterId, event: ClusterEvent): void {
    for (const listener of [...(this.#listeners.get(clusterId) ?? [])]) {
      try {
        listener(event);
      } catch (error) {
        this.#log.error({ err: error, clusterId, event: event.type }, "a watcher of cluster events failed");
      }
    }
  }
}

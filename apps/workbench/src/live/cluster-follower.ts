import type { LiveFrame } from "@snapdeck/contract/live";
import type { ClusterId } from "@snapdeck/contract/scalars";
import type { QueryClient } from "@tanstack/react-query";
import { activityQuery } from "../api/queries.ts";
import { keys } from "../api/query-keys.ts";
import { frameToCache } from "./frame-to-cache.ts";
import type { LiveSocket } from "./live-socket.ts";

/** How long to wait before reading again what could not be read, in milliseconds: the pace of polling. */
const UNREAD_PAUSE_MS = 5000;

/** How long to wait before reading again what was lost again at once, in milliseconds. */
const LOST_PAUSE_MS = 1000;

/** Keeps the cache of one cluster at what the stream says. */
export class ClusterFollower {
  readonly #client: QueryClient;
  readonly #clusterId: ClusterId;
  readonly #socket: Pick<LiveSocket, "send">;
  #rereading = false;
  #missedMore = false;
  #rereadAtMs = 0;
  #followedBefore = false;
  #stopped = false;

  constructor(client: QueryClient, clusterId: ClusterId, socket: Pick<LiveSocket, "send">) {
    this.#client = client;
    this.#clusterId = clusterId;
    this.#socket = socket;
  }

  /** Follows from the newest change that is held; reads the activity first where there is none, for as long as that takes. */
  async follow(): Promise<void> {
    const query = activityQuery(this.#clusterId);
    while (!this.#stopped) {
      try {
        const { seq } = this.#client.getQueryData(query.queryKey) ?? (await this.#client.fetchQuery(query));
        if (!this.#stopped) this.#socket.send({ type: "follow", clusterId: this.#clusterId, since: seq });
        return;
      } catch {
        // Whoever shows the activity shows why it could not be read.
        await pause(UNREAD_PAUSE_MS);
      }
    }
  }

  /** Takes a frame in; reads over HTTP and follows again when changes were lost. */
  receive(frame: LiveFrame): void {
    if (frame.type === "following" && frame.clusterId === this.#clusterId) this.#caughtUp();
    if (frameToCache(this.#client, this.#clusterId, frame)) void this.#reread();
  }

  /** What a frame told could not be read: it is read over HTTP, as after a gap. */
  missed(): void {
    // It may have told of a change that the reading under way does not hold any more.
    this.#missedMore = this.#rereading;
    void this.#reread();
  }

  stop(): void {
    this.#stopped = true;
    this.#socket.send({ type: "unfollow", clusterId: this.#clusterId });
  }

  /** Frames about the cluster and the backups are not replayed: after an absence they are read once. */
  #caughtUp(): void {
    if (this.#followedBefore) void this.#client.invalidateQueries({ queryKey: keys.ofCluster(this.#clusterId) });
    else void this.#client.invalidateQueries({ queryKey: keys.cluster(this.#clusterId) });
    this.#followedBefore = true;
  }

  async #reread(): Promise<void> {
    if (this.#rereading) return;
    this.#rereading = true;
    try {
      do {
        this.#missedMore = false;
        if (Date.now() - this.#rereadAtMs < LOST_PAUSE_MS) await pause(LOST_PAUSE_MS);
        this.#rereadAtMs = Date.now();
        await this.#client.refetchQueries({ queryKey: keys.activity(this.#clusterId) }, { cancelRefetch: true });
        this.#socket.send({ type: "unfollow", clusterId: this.#clusterId });
        await this.follow();
      } while (this.#missedMore && !this.#stopped);
    } finally {
      this.#rereading = false;
    }
  }
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

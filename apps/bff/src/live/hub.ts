import type { Duplex } from "node:stream";
import { LIVE_CLOSE, type LiveFrame, LiveRequest } from "@snapdeck/contract/live";
import type { ClusterId } from "@snapdeck/contract/scalars";
import { problemOf, SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Clock } from "@snapdeck/core/clock";
import type { WebSocket } from "ws";
import type { Presence, SessionEnd, Sessions } from "../auth/sessions.ts";
import type { Log } from "../log.ts";
import { ClusterFeed, type FeedServices } from "./cluster-feed.ts";
import { encodeFrame } from "./encode-frame.ts";
import { MessageBudget } from "./message-budget.ts";
import { Reader } from "./reader.ts";
import { wireOf } from "./wire.ts";

/** A page can tell a quiet cluster from a dead connection after two of them (contract/live.ts). */
const BEAT_EVERY_MS = 5_000;
/** Every fourth beat: pings come each 20 s, and who has not answered by the next is gone. */
const BEATS_PER_PING = 4;
const MESSAGES_PER_SECOND = 20;
const MOST_FOLLOWED = 32;
/** RFC 6455 section 7.4.1: "going away". */
const GOING_AWAY = 1001;

type Connection = {
  readonly reader: Reader;
  readonly followed: Set<ClusterId>;
  readonly budget: MessageBudget;
  answeredPing: boolean;
};

type Parts = {
  readonly services: FeedServices;
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly log: Log;
  readonly socketsPerUser: number;
};

/** All live connections of this process, and what they follow. */
export class LiveHub {
  readonly #parts: Parts;
  readonly #connections = new Map<Reader, Connection>();
  readonly #feeds = new Map<ClusterId, ClusterFeed>();
  readonly #forgetSessions: () => void;
  readonly #timer: NodeJS.Timeout;
  #beats = 0;
  #stopped = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#forgetSessions = parts.sessions.onEnd((end) => this.#sessionEnded(end));
    this.#timer = setInterval(() => this.#beat(), BEAT_EVERY_MS);
    this.#timer.unref();
  }

  /** How many connections are open. */
  get size(): number {
    return this.#connections.size;
  }

  /** Takes over a connection whose session and origin were checked. `stream` is what `socket` speaks over. */
  accept(socket: WebSocket, stream: Duplex, presence: Presence): void {
    const reader = new Reader(wireOf(socket, stream), presence);
    const budget = new MessageBudget(MESSAGES_PER_SECOND, performance.now());
    const connection: Connection = { reader, followed: new Set(), budget, answeredPing: true };
    socket.on("error", (error) => this.#parts.log.debug({ err: error }, "live connection failed"));
    if (this.#stopped) {
      reader.close(GOING_AWAY, "the server stops");
      return;
    }
    if (this.#openedBy(presence) >= this.#parts.socketsPerUser) {
      reader.close(LIVE_CLOSE.tooMany, "too many connections of this user");
      return;
    }
    this.#connections.set(reader, connection);
    socket.on("close", () => this.#gone(connection));
    socket.on("pong", () => {
      connection.answeredPing = true;
    });
    socket.on("message", (data, isBinary) => {
      if (reader.isClosing) return;
      if (!budget.take(performance.now())) {
        reader.close(LIVE_CLOSE.tooMany, "too many messages");
        return;
      }
      this.#answer(connection, isBinary ? "" : String(data)).catch((error: unknown) =>
        this.#tellProblem(reader, error),
      );
    });
    reader.deliver(encodeFrame({ type: "beat", at: this.#parts.clock() }));
  }

  /** Closes everything: the server stops. */
  stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
    this.#forgetSessions();
    for (const connection of [...this.#connections.values()]) this.#close(connection, GOING_AWAY, "the server stops");
    for (const feed of this.#feeds.values()) feed.stop();
  }

  #openedBy({ user }: Presence): number {
    let opened = 0;
    for (const reader of this.#connections.keys()) if (reader.presence.user.id === user.id) opened += 1;
    return opened;
  }

  async #answer(connection: Connection, text: string): Promise<void> {
    const request = parseRequest(text);
    const { clusterId } = request;
    if (request.type === "unfollow") {
      this.#unfollow(connection, clusterId);
      return;
    }
    const { reader, followed } = connection;
    if (!(await this.#authorise(connection))) return;
    if (!followed.has(clusterId) && followed.size >= MOST_FOLLOWED) {
      throw new SnapdeckError("bad-request", `one connection follows at most ${MOST_FOLLOWED} clusters`);
    }
    // Asked with the reader's own role: whoever may not see a cluster may not follow it.
    await this.#parts.services.clusters.view(clusterId, reader.presence.user.role);
    if (reader.isClosing) return;
    followed.add(clusterId);
    try {
      await this.#feedOf(clusterId).follow(reader, request.since);
    } catch (error) {
      this.#unfollow(connection, clusterId);
      throw error;
    }
  }

  /** Whether the session is still there; whoever's is not is closed. */
  async #authorise(connection: Connection): Promise<boolean> {
    const { reader } = connection;
    const presence = await this.#parts.sessions.look(reader.presence.session.tokenHash);
    if (presence === undefined) this.#close(connection, LIVE_CLOSE.signedOut, "signed out");
    else reader.presence = presence;
    return !reader.isClosing;
  }

  #feedOf(clusterId: ClusterId): ClusterFeed {
    const known = this.#feeds.get(clusterId);
    if (known !== undefined) return known;
    const { services, log } = this.#parts;
    const feed = new ClusterFeed({
      clusterId,
      services,
      onTooSlow: (reader) => this.#letGo(reader),
      onError: (error) => log.error({ err: error, clusterId }, "the live stream failed"),
    });
    this.#feeds.set(clusterId, feed);
    return feed;
  }

  #unfollow({ reader, followed }: Connection, clusterId: ClusterId): void {
    followed.delete(clusterId);
    const feed = this.#feeds.get(clusterId);
    feed?.unfollow(reader);
    if (feed?.isUnused !== true) return;
    feed.stop();
    this.#feeds.delete(clusterId);
  }

  #letGo(reader: Reader): void {
    const connection = this.#connections.get(reader);
    if (connection === undefined || reader.isClosing) return;
    const resyncs = [...connection.followed].map((clusterId) => encodeFrame({ type: "resync", clusterId }));
    this.#parts.log.warn({ user: reader.presence.user.username }, "a live connection fell too far behind");
    reader.letGo(resyncs);
    this.#gone(connection);
  }

  #close(connection: Connection, code: number, reason: string): void {
    connection.reader.close(code, reason);
    this.#gone(connection);
  }

  #gone(connection: Connection): void {
    connection.reader.gone();
    for (const clusterId of [...connection.followed]) this.#unfollow(connection, clusterId);
    this.#connections.delete(connection.reader);
  }

  #sessionEnded(end: SessionEnd): void {
    for (const connection of [...this.#connections.values()]) {
      const { session, user } = connection.reader.presence;
      const isMeant = "tokenHash" in end ? session.tokenHash === end.tokenHash : user.id === end.userId;
      if (isMeant) this.#close(connection, LIVE_CLOSE.signedOut, "signed out");
    }
  }

  #beat(): void {
    this.#beats += 1;
    const pings = this.#beats % BEATS_PER_PING === 0;
    const at = this.#parts.clock();
    const frame = encodeFrame({ type: "beat", at });
    for (const connection of [...this.#connections.values()]) {
      const { reader } = connection;
      if (pings && !connection.answeredPing) {
        this.#close(connection, GOING_AWAY, "no answer");
        continue;
      }
      if (pings) {
        connection.answeredPing = false;
        reader.ping();
      }
      if (reader.presence.expiresAt <= at) this.#checkExpired(connection);
      // Another server may have ended the session, and tells nobody here.
      else if (pings) this.#checkNow(connection);
      reader.catchUp();
      reader.deliver(frame);
    }
  }

  #checkNow(connection: Connection): void {
    this.#authorise(connection).catch((error: unknown) => {
      this.#parts.log.warn({ err: error }, "a live session could not be checked; that is tried again");
    });
  }

  #checkExpired(connection: Connection): void {
    this.#authorise(connection).catch((error: unknown) => {
      // Fail closed: who cannot be checked is not served.
      this.#parts.log.error({ err: error }, "a live session could not be checked");
      this.#close(connection, LIVE_CLOSE.signedOut, "the session could not be checked");
    });
  }

  #tellProblem(reader: Reader, error: unknown): void {
    const problem = problemOf(error);
    if (problem.code === "internal") this.#parts.log.error({ err: error }, "unexpected error on a live connection");
    const frame: LiveFrame = { type: "problem", problem };
    reader.deliver(encodeFrame(frame));
  }
}

/** @throws {SnapdeckError} `bad-request` */
function parseRequest(text: string): LiveRequest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new SnapdeckError("bad-request", "the message is not JSON");
  }
  const parsed = LiveRequest.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new SnapdeckError(
    "bad-request",
    parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; "),
  );
}

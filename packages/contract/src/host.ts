import { z } from "zod";
import { Bytes, ClusterId, Moment, RankNumber } from "./scalars.ts";

/**
 * The wire of the embedded cluster's host manager: JSON over HTTP on loopback. Every request but `GET /v1/ping` carries
 * `authorization: Bearer <token>`, the token standing in `<cluster directory>/host-token` (mode 0600). Failures are
 * `application/problem+json` as everywhere else.
 *
 * | request                              | answers                                                                     |
 * |--------------------------------------|-----------------------------------------------------------------------------|
 * | GET  /v1/ping                        | 204                                                                         |
 * | GET  /v1/status                      | HostStatus                                                                  |
 * | GET  /v1/endpoints                   | RankEndpoints of the ranks that accept users                                |
 * | POST /v1/suspend  HostOrder          | 202 HostStatus; watch `transition`                                          |
 * | POST /v1/resume   HostOrder          | 202 HostStatus; 409 `restore-in-progress`                                   |
 * | POST /v1/restores HostFillOrder      | 202 HostRestore in `preparing`; 409 `cluster-not-suspended`, `restore-in-progress` while one is open |
 * | GET  /v1/restores/:id                | HostRestore; 404 when that restore was never opened                         |
 * | GET  /v1/restores/:id/endpoints      | RankEndpoints of its maintenance ranks, once `ready`                        |
 * | POST /v1/restores/:id/commit         | 202 HostRestore; seals and swaps; again: its present state                  |
 * | POST /v1/restores/:id/discard        | 202 HostRestore; removes the fresh directories; 409 `restore-already-swapped` |
 * | POST /v1/restores/:id/undo           | 202 HostRestore; swaps back; only while suspended                           |
 * | POST /v1/restores/:id/keep           | 202 HostRestore; removes the previous data                                  |
 * | POST /v1/trials HostFillOrder        | 202 HostTrial in `preparing`; whatever the cluster does; 409 `cluster-busy` while one is open |
 * | GET  /v1/trials/:id                  | HostTrial; 404 when that trial was never opened or is forgotten             |
 * | GET  /v1/trials/:id/endpoints        | RankEndpoints of its throw-away ranks, once `ready`                         |
 * | POST /v1/trials/:id/discard          | 202 HostTrial; ends its ranks and removes their directories                 |
 *
 * Orders that change something are idempotent by `operationId`, and carry the fencing token of the lock they were given
 * under: the host manager remembers the highest it has seen and refuses a lower one with 409 `lock-lost`. A trial's token is not
 * looked at: trials touch no live data, and a job beside the lock (a verification) may well hold an older one.
 */
export const HostOrder = z.strictObject({
  operationId: z.uuid(),
  fencingToken: z.int().nonnegative(),
});
export type HostOrder = z.infer<typeof HostOrder>;

/** An order to open ranks that are filled then, and how much room that takes at most: others that look for room leave it to them. */
export const HostFillOrder = HostOrder.extend({ neededBytes: Bytes.optional() });
export type HostFillOrder = z.infer<typeof HostFillOrder>;

/** How one rank process stands. `crashed`: it ended by itself; `detail` says how, and it is started again. */
export const RankState = z.enum(["starting", "up", "draining", "stopping", "down", "crashed"]);
export type RankState = z.infer<typeof RankState>;

export const HostRank = z.object({
  rank: RankNumber,
  state: RankState,
  pid: z.int().optional(),
  since: Moment,
  detail: z.string().optional(),
  diskFreeBytes: Bytes,
  diskTotalBytes: Bytes,
});
export type HostRank = z.infer<typeof HostRank>;

/** A change of state under way, or the last one that ended (`endedAt` set). */
export const HostTransition = z.object({
  operationId: z.uuid(),
  kind: z.enum(["suspend", "resume"]),
  /** What it does now: `draining` waits for queries, `stopping`/`starting` changes the processes. */
  phase: z.enum(["draining", "stopping", "starting", "done", "failed"]),
  startedAt: Moment,
  endedAt: Moment.optional(),
  /** Queries that are still waited for while draining. */
  queriesLeft: z.int().nonnegative().optional(),
  detail: z.string().optional(),
});
export type HostTransition = z.infer<typeof HostTransition>;

export const HostState = z.enum(["running", "suspending", "suspended", "resuming", "restoring"]);

/**
 * A restore as the host manager sees it.
 * `preparing` starts maintenance ranks on fresh directories → `ready` for RESTORE statements → `sealing` stops them and syncs
 * every file to disk → `swapped` the fresh directories are live and the previous ones are kept → `keeping` removes the previous data →
 * `kept`; or `undoing` → `undone` the previous data is live again. The swap of a later restore lets the previous data of an earlier one go.
 * `discarded` and `failed` leave the live directories as they were. In `sealing`, `undoing` and `keeping`, a `detail` says that it is
 * stuck: it was decided and is carried on when it is asked for again. In `swapped` it says why an undo did not happen.
 */
export const HostRestore = z.object({
  operationId: z.uuid(),
  phase: z.enum([
    "preparing",
    "ready",
    "sealing",
    "swapped",
    "discarding",
    "discarded",
    "failed",
    "undoing",
    "undone",
    "keeping",
    "kept",
  ]),
  detail: z.string().optional(),
  /** Bytes that the fresh directories hold on disk now; the only honest progress of a local RESTORE (its own counter stands still). */
  ranks: z.array(z.object({ rank: RankNumber, bytesOnDisk: Bytes })),
  /** Files and directories that are synced by now; only in `sealing`, which may take long. */
  filesSynced: z.int().nonnegative().optional(),
  openedAt: Moment,
  swappedAt: Moment.optional(),
  /** How long the renames took, in milliseconds, once swapped; of an undone one, those of the undo. */
  swapMs: z.number().nonnegative().optional(),
});
export type HostRestore = z.infer<typeof HostRestore>;

/**
 * Throw-away ranks on fresh directories beside the live ones, to restore a backup into and look at. Never swapped in. A trial does not
 * survive the host manager: the next start removes what it left. One that ended may be opened again under the same id; one that
 * nobody asked for (`GET`, endpoints) for `HostConfig.trialIdleMs` is discarded.
 */
export const HostTrial = z.object({
  operationId: z.uuid(),
  phase: z.enum(["preparing", "ready", "discarding", "discarded", "failed"]),
  detail: z.string().optional(),
  /** Bytes that the throw-away directories hold on disk now. */
  ranks: z.array(z.object({ rank: RankNumber, bytesOnDisk: Bytes })),
  openedAt: Moment,
});
export type HostTrial = z.infer<typeof HostTrial>;

export const HostStatus = z.object({
  clusterId: ClusterId,
  name: z.string().min(1),
  state: HostState,
  engineVersion: z.string(),
  /** The highest fencing token that an order carried; 0 before the first. */
  fencingToken: z.int().nonnegative(),
  ranks: z.array(HostRank).min(1),
  /** Under way, or the last one that ended; absent on a cluster that was never suspended. */
  transition: HostTransition.optional(),
  /** Open or swapped and neither undone nor kept; absent when there is none. */
  restore: HostRestore.optional(),
  /** What open restores and trials still need of the free bytes, where they told how much they need; absent when there is none. */
  filling: z.array(z.object({ operationId: z.uuid(), stillNeededBytes: Bytes })).optional(),
  /** Where ranks may write backups; `File('x')` in a statement means `<storeRoot>/x`. */
  storeRoot: z.string(),
});
export type HostStatus = z.infer<typeof HostStatus>;

/** How to reach ranks over ClickHouse's HTTP interface. Holds a secret: never logged, never sent to a browser. */
export const RankEndpoints = z.array(
  z.object({ rank: RankNumber, url: z.url(), username: z.string(), password: z.string() }),
);
export type RankEndpoints = z.infer<typeof RankEndpoints>;

/** How the host manager starts: one JSON document on its standard input or in the file named by `--config`. */
export const HostConfig = z.strictObject({
  /** Holds everything of the cluster: identity, rank directories, journals. Created with mode 0700. */
  clusterDir: z.string().min(1),
  storeRoot: z.string().min(1),
  /** More directories that ranks may write backups to and read them from: absolute, made with mode 0700. Those of database backups. */
  backupRoots: z.array(z.string().startsWith("/")).max(64).default([]),
  clusterId: ClusterId.default(ClusterId.parse("local")),
  name: z.string().min(1).max(63).default("local"),
  ranks: z.int().min(1).max(64).default(1),
  listenHost: z.literal("127.0.0.1").default("127.0.0.1"),
  /** 0 takes a free port; the one taken is told in the ready line. */
  port: z.int().min(0).max(65_535).default(0),
  /** How long suspend waits for running queries before it kills them, in milliseconds. */
  drainMs: z.int().min(0).default(10_000),
  /** A trial that nobody asked for so long, in milliseconds, is discarded: whoever opened it is gone. */
  trialIdleMs: z.int().min(1).max(2_147_483_647).default(600_000),
});
export type HostConfig = z.infer<typeof HostConfig>;

/** The one line the host manager prints on standard output once it serves: where it is and which token file to read. */
export const HostReady = z.object({
  ready: z.literal(true),
  url: z.url(),
  tokenFile: z.string(),
  pid: z.int(),
});
export type HostReady = z.infer<typeof HostReady>;

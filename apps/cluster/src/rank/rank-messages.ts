import { z } from "zod";

/**
 * What every rank process must have in its environment, besides what its host manager gives it.
 *
 * A running statement holds one thread of libuv's pool until it ends, and Node has four of them, made before the first line
 * of a program runs: with four, three long queries starve everything else. 64 is `MAX_STATEMENTS` of statement-slots.ts and a
 * reserve for files, compression and KILL QUERY.
 */
export const RANK_ENVIRONMENT = { UV_THREADPOOL_SIZE: "64" } as const;

/**
 * What a host manager tells a rank over the IPC channel of the fork. The first message is `open`, exactly once.
 *
 * Secrets travel here, and only here: an argument or an environment variable of a process can be read by others.
 */
export const RankCommand = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("open"),
    /** Rank numbers start at 0. */
    rank: z.int().min(0),
    /** Absolute. Made (0700) when it does not exist; one rank at a time may hold it. */
    dataDir: z.string().startsWith("/"),
    /** Absolute. The directory that `File('relative/path')` of BACKUP and RESTORE is relative to; made when missing. */
    storeRoot: z.string().startsWith("/"),
    /** Absolute. More directories that BACKUP and RESTORE may name, as `File('/absolute/path')`; made when missing. */
    backupRoots: z.array(z.string().startsWith("/")).optional(),
    listenHost: z.string().min(1),
    /** 0 lets the system choose; `ready` says which one it chose. */
    port: z.int().min(0).max(65535),
    username: z.string().min(1),
    password: z.string(),
    /**
     * `maintenance` is said in `X-ClickHouse-Server-Display-Name`. What keeps users out is that the host manager gives such a
     * rank other credentials.
     */
    mode: z.enum(["users", "maintenance"]),
    /** The most memory that the engine may take, in bytes. Default: 70 % of the machine's. */
    memoryLimitBytes: z.int().positive().optional(),
  }),
  z.strictObject({
    /** New statements are refused from now on (503); those that run may finish. Answered by `draining`... `drained`. */
    type: z.literal("drain"),
    /** What still runs after this time is killed. 0 kills at once. */
    timeoutMs: z.int().min(0),
  }),
  z.strictObject({
    /** Kills what runs, closes the engine cleanly and exits with code 0. */
    type: z.literal("stop"),
  }),
]);
export type RankCommand = z.infer<typeof RankCommand>;

/** Why a rank could not open. The process exits with code 1 right after it said so. */
export const RankFailureCode = z.enum([
  /** Another process holds the data directory. */
  "data-dir-in-use",
  "data-dir-unwritable",
  "store-unwritable",
  /** The engine does not accept what it finds in the data directory. */
  "data-dir-corrupt",
  "port-in-use",
  /** The engine's native library is missing or does not fit this machine. */
  "engine-missing",
  /** A message that is not a RankCommand, or out of order. */
  "bad-command",
  "internal",
]);
export type RankFailureCode = z.infer<typeof RankFailureCode>;

/** What a rank tells its host manager. */
export const RankReport = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("ready"), port: z.int().min(1).max(65535), engineVersion: z.string().min(1) }),
  z.strictObject({ type: z.literal("draining"), queriesLeft: z.int().min(0) }),
  /** Nothing runs any more and nothing new is let in. The process lives on until `stop`. */
  z.strictObject({ type: z.literal("drained"), queriesKilled: z.int().min(0) }),
  z.strictObject({
    type: z.literal("failed"),
    code: RankFailureCode,
    /** For an operator: what happened and what it means for the data. Holds no secret and no stack. */
    detail: z.string(),
  }),
]);
export type RankReport = z.infer<typeof RankReport>;

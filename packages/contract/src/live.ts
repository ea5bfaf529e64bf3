import { z } from "zod";
import { Cluster } from "./cluster.ts";
import { Job, Progress } from "./job.ts";
import { Problem } from "./problem.ts";
import { ClusterId, JobId, Moment } from "./scalars.ts";

/**
 * What the page says on `/api/live`. `since` is the `seq` of the newest change it holds (the lists' replies carry it): the server
 * replays what came after, then streams. At most 16 KiB a message and 20 messages a second.
 */
export const LiveRequest = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("follow"), clusterId: ClusterId, since: z.int().nonnegative() }),
  z.strictObject({ type: z.literal("unfollow"), clusterId: ClusterId }),
]);
export type LiveRequest = z.infer<typeof LiveRequest>;

/**
 * What the server says. Frames with a `seq` are changes of state: each comes once, in order, and none is left out; a reader that
 * sees a gap or `resync` reads over HTTP again. The others may be dropped or come late: only the newest counts.
 */
export const LiveFrame = z.discriminatedUnion("type", [
  /** The replay is over; `seq` is where the stream stands. */
  z.object({ type: z.literal("following"), clusterId: ClusterId, seq: z.int().nonnegative() }),
  z.object({ type: z.literal("job"), clusterId: ClusterId, seq: z.int().positive(), job: Job }),
  z.object({
    type: z.literal("progress"),
    clusterId: ClusterId,
    jobId: JobId,
    attempt: z.int().min(1),
    progress: Progress,
  }),
  z.object({ type: z.literal("cluster"), cluster: Cluster }),
  /** The list of backups is another one; read it again. */
  z.object({ type: z.literal("backups"), clusterId: ClusterId }),
  /** This reader fell too far behind, or asked for changes that are no longer kept: read over HTTP, then follow again. */
  z.object({ type: z.literal("resync"), clusterId: ClusterId }),
  /** Every 5 s, so that a page can tell a quiet cluster from a dead connection. */
  z.object({ type: z.literal("beat"), at: Moment }),
  z.object({ type: z.literal("problem"), problem: Problem }),
]);
export type LiveFrame = z.infer<typeof LiveFrame>;

/** The path of the WebSocket, and the close codes that the page tells apart (RFC 6455 leaves 4000 to 4999 to applications). */
export const LIVE_PATH = "/api/live";
export const LIVE_CLOSE = { signedOut: 4401, tooSlow: 4408, tooMany: 4429 } as const;

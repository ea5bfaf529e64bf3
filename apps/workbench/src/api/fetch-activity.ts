import type { Job } from "@snapdeck/contract/job";
import type { Reply } from "@snapdeck/contract/routes";
import type { ClusterId } from "@snapdeck/contract/scalars";
import type { QueryClient } from "@tanstack/react-query";
import { recordThroughput } from "../live/throughput.ts";
import { call } from "./call.ts";
import { isNewer } from "./newer-progress.ts";
import { keys } from "./query-keys.ts";

type Activity = Reply<"listActivity">;

/** An answer that was overtaken by the live stream this often in a row is taken as it is; the next frame shows the gap. */
const ATTEMPTS = 3;

/**
 * The activity over HTTP, never older than what the live stream has brought meanwhile: an answer that a frame has overtaken is
 * asked for again. What it measured joins the chart of each job.
 */
export async function fetchActivity(clusterId: ClusterId, client: QueryClient, signal: AbortSignal): Promise<Activity> {
  const known = () => client.getQueryData<Activity>(keys.activity(clusterId));
  for (let attempt = 1; ; attempt += 1) {
    const before = known();
    const reply = await call("listActivity", { params: { clusterId }, signal });
    const now = known();
    const overtaken = now !== undefined && now.seq > reply.seq && now.seq !== before?.seq;
    if (overtaken && attempt < ATTEMPTS) continue;
    const items = reply.items.map((job) => keepNewerProgress(job, now));
    recordThroughput(client, items);
    return { items, seq: reply.seq };
  }
}

/** A job as read, with the progress that the live stream has brought where that was measured later. */
function keepNewerProgress(job: Job, known: Activity | undefined): Job {
  const held = known?.items.find((other) => other.id === job.id && other.attempt === job.attempt);
  return held?.progress !== undefined && isNewer(held.progress, job.progress)
    ? { ...job, progress: held.progress }
    : job;
}

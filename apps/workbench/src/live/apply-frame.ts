import { isActivity, type Job } from "@snapdeck/contract/job";
import type { LiveFrame } from "@snapdeck/contract/live";
import type { Reply } from "@snapdeck/contract/routes";
import type { ClusterId } from "@snapdeck/contract/scalars";
import { isNewer } from "../api/newer-progress.ts";

/** What the page holds of one cluster's jobs: the last reply over HTTP and every change since. */
export type LiveView = Reply<"listActivity"> & { readonly clusterId: ClusterId };

/** An answer of the server that a frame has made old. */
export type Outdated = "cluster" | "inventory" | "backups" | "jobs";

export type Applied = {
  readonly view: LiveView;
  /** Changes were lost: the activity must be read over HTTP and followed again from its `seq`. */
  readonly lost: boolean;
  readonly outdated: readonly Outdated[];
};

/** What one frame changes in what the page holds. Frames of other clusters change nothing. */
export function applyFrame(view: LiveView, frame: LiveFrame): Applied {
  switch (frame.type) {
    case "job":
      return frame.clusterId === view.clusterId ? applyJob(view, frame.seq, frame.job) : nothing(view);
    case "progress":
      return frame.clusterId === view.clusterId ? applyProgress(view, frame) : nothing(view);
    case "following":
      // The stream stands elsewhere than we do after its replay: something is missing, or the server began anew.
      return frame.clusterId === view.clusterId && frame.seq !== view.seq ? lost(view) : nothing(view);
    case "resync":
      return frame.clusterId === view.clusterId ? lost(view) : nothing(view);
    case "backups":
      return frame.clusterId === view.clusterId ? nothing(view, ["backups", "cluster"]) : nothing(view);
    case "cluster":
    case "beat":
    case "problem":
      return nothing(view);
  }
}

function applyJob(view: LiveView, seq: number, job: Job): Applied {
  // A reconnect replays what is held already.
  if (seq <= view.seq) return nothing(view);
  if (seq > view.seq + 1) return lost(view);
  // A job that this page has just started is held already, with the change that this frame tells of.
  const known = view.items.some((other) => other.id === job.id && other.seq < seq);
  return {
    view: { ...view, seq, items: placed(view.items, job) },
    lost: false,
    outdated: outdatedBy(job, known),
  };
}

function outdatedBy(job: Job, known: boolean): Outdated[] {
  switch (job.state.name) {
    case "queued":
    case "running":
    case "canceling":
      return known ? [] : ["jobs", "cluster"];
    case "succeeded":
    case "failed":
    case "canceled":
    case "interrupted":
      return ["jobs", "cluster", "backups", "inventory"];
  }
}

/** The list with the job where it belongs: at its old place, or as a new one by when it was asked for, newest first. */
function placed(items: readonly Job[], job: Job): Job[] {
  if (!isActivity(job)) return items.filter((other) => other.id !== job.id);
  if (items.some((other) => other.id === job.id)) {
    return items.map((other) => (other.id === job.id ? withNewestProgress(job, other) : other));
  }
  const at = items.findIndex((other) => other.requestedAt < job.requestedAt);
  return at === -1 ? [...items, job] : items.toSpliced(at, 0, job);
}

/** Changes of state and progress travel apart: a change may carry a measurement that is older than the one held. */
function withNewestProgress(job: Job, held: Job): Job {
  if (held.progress === undefined || held.attempt !== job.attempt) return job;
  return isNewer(held.progress, job.progress) ? { ...job, progress: held.progress } : job;
}

function applyProgress(view: LiveView, frame: Extract<LiveFrame, { type: "progress" }>): Applied {
  const job = view.items.find((other) => other.id === frame.jobId);
  if (job === undefined || job.attempt !== frame.attempt || !isNewer(frame.progress, job.progress))
    return nothing(view);
  const items = view.items.map((other) => (other === job ? { ...job, progress: frame.progress } : other));
  return { view: { ...view, items }, lost: false, outdated: [] };
}

function nothing(view: LiveView, outdated: readonly Outdated[] = []): Applied {
  return { view, lost: false, outdated };
}

function lost(view: LiveView): Applied {
  return { view, lost: true, outdated: ["cluster", "inventory", "backups", "jobs"] };
}

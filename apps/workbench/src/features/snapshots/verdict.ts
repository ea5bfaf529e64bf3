import type { Cluster } from "@snapdeck/contract/cluster";
import { type Job, UNDER_WAY } from "@snapdeck/contract/job";
import { isMoving, percentOf } from "../../job-card/percent.ts";

/** What the page opens with: one or two sentences, and how they are meant. */
export type Verdict = { readonly tone: "good" | "working" | "attention" | "bad"; readonly text: string };

export type VerdictFacts = {
  readonly cluster: Cluster;
  readonly activity: readonly Job[];
  /** When a restore last succeeded, where that is known. */
  readonly restoredAt?: string | undefined;
  readonly nowMs: number;
  /** A moment as an age: "12 minutes ago". */
  readonly age: (at: string) => string;
};

/**
 * The age from which a backup no longer counts as "everything is backed up", in milliseconds: one day, the longest pause that
 * daily backups leave.
 */
const FRESH_MS = 86_400_000;

/** Says how the backups of a cluster stand, from what the server tells and nothing else. What is wrong comes before what is well. */
export function snapshotsVerdict(facts: VerdictFacts): Verdict {
  const now = underWay(facts);
  if (now !== undefined) return { tone: "working", text: joined(now, newestSentence(facts)) };
  if (facts.cluster.state === "unreachable") {
    return { tone: "bad", text: joined("The cluster does not answer.", newestSentence(facts)) };
  }
  const failure = failureSentence(facts);
  if (failure !== undefined) return { tone: "bad", text: failure };
  const { newest } = facts.cluster.backups;
  if (newest === undefined) return { tone: "attention", text: "No backup yet." };
  if (facts.nowMs - Date.parse(newest.takenAt) > FRESH_MS) {
    return {
      tone: "attention",
      text: joined(newestSentence(facts), "What was written since is in no backup."),
    };
  }
  return { tone: "good", text: joined("Everything is backed up.", newestSentence(facts)) };
}

/** The work that the verdict speaks of: what touches backups or data first, then what changes the cluster's state. */
const SPOKEN_OF = ["restore", "backup", "load-example-data", "suspend", "resume"] as const;

function underWay({ activity }: VerdictFacts): string | undefined {
  const working = activity.filter((job) => UNDER_WAY.some((name) => name === job.state.name));
  for (const kind of SPOKEN_OF) {
    const job = working.find(({ work }) => work.kind === kind);
    if (job !== undefined) return sentenceOf(job);
  }
  return undefined;
}

function sentenceOf(job: Job): string {
  const doing = DOING[job.work.kind];
  if (job.state.name === "queued") return `${doing.noun} waits for its turn.`;
  if (job.state.name === "canceling") return `${doing.noun} is being canceled.`;
  const percent = percentOf(job);
  if (percent !== undefined && isMoving(job)) return `${doing.verb} now: ${percent} %.`;
  return job.state.name === "running" ? `${doing.verb} now: ${job.state.phase}.` : `${doing.verb} now.`;
}

const DOING: Record<Job["work"]["kind"], { verb: string; noun: string }> = {
  backup: { verb: "Backing up", noun: "A backup" },
  restore: { verb: "Restoring", noun: "A restore" },
  "delete-backup": { verb: "Deleting a backup", noun: "The deletion of a backup" },
  suspend: { verb: "Suspending the cluster", noun: "Suspending the cluster" },
  resume: { verb: "Resuming the cluster", noun: "Resuming the cluster" },
  "load-example-data": { verb: "Loading example data", noun: "Loading example data" },
};

/** A failure that nothing later has made up for; a restore that failed is told until one succeeds or somebody clears it. */
function failureSentence({ activity, cluster, restoredAt, age }: VerdictFacts): string | undefined {
  const failures = activity.flatMap((job) =>
    job.state.name === "failed" || job.state.name === "interrupted" ? [{ job, state: job.state }] : [],
  );
  const find = (kind: Job["work"]["kind"], since: string | undefined) =>
    failures.find(({ job, state }) => job.work.kind === kind && (since === undefined || isLater(state.endedAt, since)));
  const restore = find("restore", restoredAt);
  const backup = find("backup", cluster.backups.newest?.takenAt);
  const told = restore ?? backup;
  if (told === undefined) return undefined;
  const ended = told.state.name === "failed" ? "failed" : "was interrupted";
  const newest = cluster.backups.newest;
  const good = newest === undefined ? "there is no good backup." : `newest good backup ${age(newest.takenAt)}.`;
  return `${DOING[told.job.work.kind].noun} ${ended} ${age(told.state.endedAt)}; ${good}`;
}

function newestSentence({ cluster, age }: VerdictFacts): string {
  const { newest } = cluster.backups;
  if (newest === undefined) return "No backup yet.";
  return `Newest backup ${age(newest.takenAt)}, proven ${age(newest.provenAt)}.`;
}

function joined(...sentences: string[]): string {
  return sentences.join(" ");
}

function isLater(at: string, than: string): boolean {
  return Date.parse(at) > Date.parse(than);
}

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
  if (newest.suspect) {
    return {
      tone: "bad",
      text: `The newest backup, taken ${facts.age(newest.takenAt)}, is suspect: a later proof of it failed. Take a new one.`,
    };
  }
  if (facts.nowMs - Date.parse(newest.takenAt) > FRESH_MS) {
    return {
      tone: "attention",
      text: joined(newestSentence(facts), "What was written since is in no backup."),
    };
  }
  return { tone: "good", text: joined("Everything is backed up.", newestSentence(facts)) };
}

/** The work that the verdict speaks of: what touches backups or data first, then what changes the cluster's state. */
const SPOKEN_OF = ["restore", "undo-restore", "backup", "load-example-data", "suspend", "resume"] as const;

type SpokenOf = (typeof SPOKEN_OF)[number];

function underWay({ activity }: VerdictFacts): string | undefined {
  const working = activity.filter((job) => UNDER_WAY.some((name) => name === job.state.name));
  for (const kind of SPOKEN_OF) {
    const job = working.find(({ work }) => work.kind === kind);
    if (job !== undefined) return sentenceOf(job, DOING[kind]);
  }
  return undefined;
}

function sentenceOf(job: Job, { verb, noun }: (typeof DOING)[SpokenOf]): string {
  if (job.state.name === "queued") return `${noun} waits for its turn.`;
  if (job.state.name === "canceling") return `${noun} is being canceled.`;
  const percent = percentOf(job);
  if (percent !== undefined && isMoving(job)) return `${verb} now: ${percent} %.`;
  return job.state.name === "running" ? `${verb} now: ${job.state.phase}.` : `${verb} now.`;
}

const DOING: Record<SpokenOf, { readonly verb: string; readonly noun: string }> = {
  restore: { verb: "Restoring", noun: "A restore" },
  "undo-restore": { verb: "Undoing a restore", noun: "Undoing a restore" },
  backup: { verb: "Backing up", noun: "A backup" },
  "load-example-data": { verb: "Loading example data", noun: "Loading example data" },
  suspend: { verb: "Suspending the cluster", noun: "Suspending the cluster" },
  resume: { verb: "Resuming the cluster", noun: "Resuming the cluster" },
};

/**
 * A failure that nothing later has made up for; a restore that failed is told until one succeeds or somebody clears it, and a store
 * that was found broken until somebody clears that.
 */
function failureSentence({ activity, cluster, restoredAt, age }: VerdictFacts): string | undefined {
  const failures = activity.flatMap(({ work, state }) =>
    state.name === "failed" || state.name === "interrupted" ? [{ work, ...state }] : [],
  );
  const find = (kind: SpokenOf, since: string | undefined) => {
    const failure = failures.find(
      ({ work, endedAt }) => work.kind === kind && (since === undefined || isLater(endedAt, since)),
    );
    if (failure === undefined) return undefined;
    return `${DOING[kind].noun} ${failure.name === "failed" ? "failed" : "was interrupted"} ${age(failure.endedAt)}`;
  };
  const broken = failures.find(({ problem }) => problem.code === "store-broken");
  const told =
    find("restore", restoredAt) ??
    find("undo-restore", restoredAt) ??
    find("backup", cluster.backups.newest?.takenAt) ??
    (broken === undefined ? undefined : `A store check found something broken ${age(broken.endedAt)}`);
  return told === undefined ? undefined : `${told}; ${newestPhrase({ cluster, age })}.`;
}

function newestPhrase({ cluster, age }: Pick<VerdictFacts, "cluster" | "age">): string {
  const { newest } = cluster.backups;
  if (newest === undefined) return "there is no good backup";
  return newest.suspect ? `newest backup ${age(newest.takenAt)}, suspect` : `newest good backup ${age(newest.takenAt)}`;
}

function newestSentence({ cluster, age }: VerdictFacts): string {
  const { newest } = cluster.backups;
  if (newest === undefined) return "No backup yet.";
  const standing = newest.suspect ? "suspect" : `proven ${age(newest.provenAt)}`;
  return `Newest backup ${age(newest.takenAt)}, ${standing}.`;
}

function joined(...sentences: string[]): string {
  return sentences.join(" ");
}

function isLater(at: string, than: string): boolean {
  return Date.parse(at) > Date.parse(than);
}

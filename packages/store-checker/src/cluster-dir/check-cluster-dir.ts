import { join } from "node:path";
import { z } from "zod";
import type { Findings } from "../findings.ts";
import type { Pace } from "../pace.ts";
import type { JobFacts, StateView } from "../state/state-view.ts";
import { whyNot } from "../store/read-manifest.ts";
import { type Entry, entriesOf, walk } from "../store/store-walk.ts";
import { readWhole } from "../store/stored-file.ts";

type ClusterLook = {
  readonly clusterDir: string;
  readonly pace: Pace;
  readonly findings: Findings;
  /** Jobs under way on this cluster; undefined where no state was given. */
  readonly underWay: readonly JobFacts[] | undefined;
};

/** What is needed of the host manager's own file. */
const ClusterFile = z.object({
  clusterId: z.string(),
  ranks: z.number(),
  ranksMade: z.boolean(),
  restores: z.array(z.object({ operationId: z.string(), phase: z.string() })),
});
type ClusterFile = z.infer<typeof ClusterFile>;

const MAX_BYTES = 16 * 1024 * 1024;
const RANK = /^rank-(\d+)(?:\.(restore|previous|trial)-(.+))?$/;

/** The phases of a restore in which each kind of directory beside the live ones is somebody's. */
const OWNING = {
  restore: ["preparing", "ready", "sealing", "discarding", "undoing"],
  previous: ["sealing", "swapped", "keeping", "undoing"],
} as const;

/** Proves that no swap was left half done, and that every directory beside the live ones belongs to a restore or a trial. */
export async function checkClusterDir(
  { clusterDir, state }: { readonly clusterDir: string; readonly state: StateView | undefined },
  parts: { readonly pace: Pace; readonly findings: Findings },
): Promise<void> {
  let file: ClusterFile;
  parts.findings.looked("I15");
  try {
    const bytes = await readWhole(join(clusterDir, "cluster.json"), MAX_BYTES);
    file = ClusterFile.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (thrown) {
    const detail = `the host manager's memory cannot be read: ${whyNot(thrown)}`;
    parts.findings.broken({ invariant: "I15", kind: "cluster-file", subject: "cluster.json", detail });
    return;
  }
  const jobs = state === undefined ? undefined : [...state.jobs.values()];
  const underWay = jobs?.filter((job) => job.isUnderWay && job.clusterId === file.clusterId);
  await checkDirectories({ ...parts, clusterDir, underWay }, file);
}

async function checkDirectories(look: ClusterLook, file: ClusterFile): Promise<void> {
  const missing = new Set(Array.from({ length: file.ranksMade ? file.ranks : 0 }, (_, rank) => String(rank)));
  for await (const entry of entriesOf(look.clusterDir, look.pace)) {
    if (entry.name === "swap.json") checkMarker(look);
    const [, rank, kind, operationId] = RANK.exec(entry.name) ?? [];
    if (rank === undefined) continue;
    look.findings.looked("I15");
    if (kind === undefined) {
      if (entry.kind === "folder") missing.delete(rank);
      continue;
    }
    if (!isOwned(look, file, { kind, operationId })) await leftover(look, entry);
  }
  for (const rank of missing) {
    const detail = "the live data of that rank is not there";
    look.findings.broken({ invariant: "I15", kind: "rank-missing", subject: `rank-${rank}`, detail });
  }
}

/** A swap takes moments; a marker that stays while no job swaps was carried through by nobody. */
function checkMarker({ underWay, findings }: ClusterLook): void {
  findings.looked("I15");
  if (underWay?.some(({ kind }) => kind === "restore" || kind === "undo-restore") === true) return;
  const detail = "a swap was decided and is not over, and no job is under way that would finish it";
  findings.broken({ invariant: "I15", kind: "swap-marker", subject: "swap.json", detail });
}

function isOwned(
  { underWay }: ClusterLook,
  { restores }: ClusterFile,
  { kind, operationId }: { readonly kind: string; readonly operationId: string | undefined },
): boolean {
  // A trial stands in no file: it is its job's, and without the state nobody can tell.
  if (kind === "trial") return underWay?.some((job) => job.kind === "verify-backup") ?? true;
  const phase = restores.find((restore) => restore.operationId === operationId)?.phase;
  const owning: readonly string[] = kind === "restore" ? OWNING.restore : OWNING.previous;
  return phase !== undefined && owning.includes(phase);
}

async function leftover({ clusterDir, pace, findings }: ClusterLook, { name }: Entry): Promise<void> {
  let files = 0;
  for await (const entry of walk(join(clusterDir, name), pace)) if (entry.kind !== "folder") files += 1;
  const detail = `belongs to no restore and no trial that is known; it holds ${files} files`;
  findings.broken({ invariant: "I15", kind: "leftover", subject: name, detail, amount: files });
}

import { join } from "node:path";
import type { Manifest } from "@snapdeck/contract/manifest";
import type { ProofRecord } from "@snapdeck/contract/proof";
import type { Finding, Findings } from "../findings.ts";
import type { Pace } from "../pace.ts";
import type { SigningKey } from "../signing-key.ts";
import type { JobFacts } from "../state/state-view.ts";
import type { Tally } from "../tally.ts";

/** One look at a store, and what it needs. */
export type StoreLook = {
  readonly storeRoot: string;
  /** Whose files these must be. */
  readonly uid: number;
  readonly key: SigningKey | undefined;
  readonly readBytes: boolean;
  readonly pace: Pace;
  readonly findings: Findings;
  readonly tally: Tally;
  /** The jobs that name a backup, oldest first; undefined where no state was given. */
  readonly jobsOf: ((backup: string) => readonly JobFacts[]) | undefined;
  /** Whether the state knows of a cluster; another console's jobs may be at work on one that it does not. */
  readonly knowsCluster: (clusterId: string) => boolean;
};

/** The place of one backup on the store, and what to say of it. */
export type BackupPlace = {
  readonly clusterId: string;
  readonly backupId: string;
  /** `<cluster>/<backup>`: its name in a report and its folder. */
  readonly backup: string;
};

/** A backup that is listed: its manifest stands and can be read. */
export type ListedFacts = BackupPlace & {
  readonly manifest: Manifest;
  readonly manifestSha256: string;
  /** Those that are to be believed, oldest first. */
  readonly proofs: readonly ProofRecord[];
};

export function placeOf(look: Pick<StoreLook, "storeRoot">, path: string): string {
  return join(look.storeRoot, ...path.split("/"));
}

/** Says that something about one backup is broken. */
export function brokenIn(look: StoreLook, { backup }: BackupPlace, finding: Omit<Finding, "backup">): void {
  look.findings.broken({ ...finding, backup });
}

/** A job under way that works on the backup's folder, if there is one. */
export function workerOn(look: StoreLook, { backup }: BackupPlace): JobFacts | undefined {
  return look.jobsOf?.(backup).find((job) => job.isUnderWay);
}

import type { Backup } from "@snapdeck/contract/backup";
import type { Job } from "@snapdeck/contract/job";

/** What the rest of a check needs to know of a job. */
export type JobFacts = {
  readonly id: string;
  readonly clusterId: string;
  readonly kind: Job["work"]["kind"];
  /** The backup it makes, uses or deletes. */
  readonly backupId: string | undefined;
  readonly stateName: Job["state"]["name"];
  readonly isUnderWay: boolean;
  /** The number of its first and of its newest change. */
  readonly createdSeq: number;
  readonly seq: number;
  /** When somebody last saw it move, in milliseconds since the epoch. */
  readonly movedAtMs: number;
  /** Of the manifest that a succeeded backup wrote. */
  readonly manifestSha256: string | undefined;
};

/** A row of the catalog; `shown` is undefined for one that cannot be read, which was said. */
export type CatalogEntry = { readonly clusterId: string; readonly shown: Backup | undefined };

/** What one consistent reading of the state told. */
export type StateView = {
  /** By id, oldest first in each cluster. */
  readonly jobs: ReadonlyMap<string, JobFacts>;
  /** By `<cluster>/<backup>`. */
  readonly jobsOf: ReadonlyMap<string, readonly JobFacts[]>;
  /** By `<cluster>/<backup>`. */
  readonly catalog: ReadonlyMap<string, CatalogEntry>;
  /** The clusters that the state knows anything of. */
  readonly clusters: ReadonlySet<string>;
};

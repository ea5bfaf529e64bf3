import { faults, quickWith } from "./cases.ts";
import { type Crash, crashesAt } from "./crash-at.ts";
import type { FaultWorld } from "./world.ts";

/** A job that was never begun is begun. */
const begins: Crash[] = [
  { fault: "k", tier: "full", ends: "succeeded" },
  { fault: "Z", tier: "full", ends: "succeeded" },
];

/** Nothing runs yet, and nobody can say more than that once the BFF was killed. */
const notSent: Crash[] = [
  { fault: "k", tier: "full", ends: "interrupted", code: "interrupted" },
  { fault: "Z", tier: "full", ends: "interrupted", code: "interrupted" },
  { fault: "K", tier: "full", ends: "failed", code: "cluster-unreachable" },
  { fault: "P", tier: "full", ends: "succeeded" },
];

/** The engine is done and remembers it for as long as its process lives. */
const copied: Crash[] = [
  { fault: "k", tier: "full", ends: "succeeded" },
  { fault: "Z", tier: "full", ends: "interrupted", code: "interrupted" },
  { fault: "K", tier: "full", ends: "succeeded" },
  { fault: "h", tier: "full", ends: "succeeded" },
];

/** The manifest is there: whatever dies, the backup exists. */
const published: Crash[] = [
  { fault: "k", tier: "full", ends: "succeeded" },
  { fault: "Z", tier: "full", ends: "succeeded" },
];

const start = (world: FaultWorld) => world.startBackup();

faults("B: a backup that is cut off", {}, [
  ...crashesAt(
    { row: "B1", failpoint: "job.beforeClaim", moment: "before anybody drives the job" },
    quickWith(begins, "k"),
    start,
  ),
  ...crashesAt(
    { row: "B2", failpoint: "job.afterClaim", moment: "right after the job was claimed" },
    quickWith(begins, "k"),
    start,
  ),
  ...crashesAt(
    { row: "B2", failpoint: "backup.beforeCopy", moment: "before BACKUP was sent" },
    quickWith(notSent, "K"),
    start,
  ),
  ...crashesAt(
    { row: "B5", failpoint: "backup.afterAck", moment: "after the engine's word and before the proof" },
    quickWith(copied, "k"),
    start,
  ),
  ...crashesAt(
    { row: "B5", failpoint: "backup.beforeSync", moment: "before the files are made durable" },
    quickWith(copied.slice(0, 2), "Z"),
    start,
  ),
  ...crashesAt(
    { row: "B6", failpoint: "backup.afterProof", moment: "after the proof" },
    quickWith(copied.slice(0, 2)),
    start,
  ),
  ...crashesAt(
    { row: "B6", failpoint: "backup.beforeManifest", moment: "before the manifest" },
    quickWith(copied, "k"),
    start,
  ),
  ...crashesAt(
    { row: "B7", failpoint: "publish.afterTmpWritten", moment: "when the manifest is written aside" },
    quickWith(copied.slice(0, 2), "k"),
    start,
  ),
  ...crashesAt(
    {
      row: "B8",
      failpoint: "publish.afterLink",
      moment: "when the manifest has its name and the folder is not synced",
    },
    quickWith(published, "k"),
    start,
  ),
  ...crashesAt(
    { row: "B8", failpoint: "backup.afterManifest", moment: "after the manifest" },
    quickWith(published),
    start,
  ),
  ...crashesAt(
    { row: "B8", failpoint: "backup.beforeCatalog", moment: "before the backup is in the list" },
    quickWith(published, "k"),
    start,
  ),
  ...crashesAt(
    { row: "B8", failpoint: "job.beforeSave", moment: "before the job's end is stored" },
    quickWith(published, "Z"),
    start,
  ),
  ...crashesAt(
    { row: "B9", failpoint: "job.afterSave", moment: "after the job's end was stored and before anybody was told" },
    quickWith(published, "k"),
    start,
  ),
]);

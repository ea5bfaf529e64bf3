import type { Evidence, JobWork } from "@snapdeck/contract/job";
import type { Problem } from "@snapdeck/contract/problem";
import { SnapdeckError, problemOf as wireOf } from "@snapdeck/contract/snapdeck-error";
import { SnapshotId } from "@snapdeck/contract/snapshot-file";
import { sha } from "./seed.ts";

/** What simulated work can show for itself. */
export function evidenceOf(work: JobWork): Evidence {
  switch (work.kind) {
    case "backup":
      return { ...work, manifestSha256: sha(work.backupId), sizeBytes: 2_216_000_000, files: 1312, rows: 2_114_330 };
    case "restore":
      return { ...work, tables: 9, rows: 2_114_330, swapMs: 11 };
    case "delete-backup":
      return { ...work, filesRemoved: 1312 };
    case "verify-backup":
      return {
        ...work,
        provenAt: new Date().toISOString(),
        files: 1312,
        sizeBytes: 2_216_000_000,
        rows: work.level === "L3" ? 2_114_330 : 0,
      };
    case "undo-restore":
      return { ...work, swapMs: 9 };
    case "keep-restored":
      return work;
    case "check-store":
      return { kind: "check-store", backups: 48, files: 62_976, sizeBytes: 106_368_000_000, invariants: 21 };
    case "database-backup":
      return {
        kind: "database-backup",
        deed: work.deed,
        backups: [work.backup],
        ...(work.deed === "drop" || work.deed === "verify" ? {} : { snapshotId: SnapshotId.parse(Date.now()) }),
        removed: work.deed === "alter" ? 3 : 0,
        objects: 9,
        rows: 2_114_330,
        files: 1312,
        sizeBytes: 2_216_000_000,
      };
    case "suspend":
      return { kind: "suspend", ranksStopped: 3 };
    case "resume":
      return { kind: "resume", ranksStarted: 3 };
    case "load-example-data":
      return { kind: "load-example-data", tables: 9, rows: 2_114_330 };
  }
}

/** How simulated work fails. */
export function problemOf(work: JobWork): Problem {
  return { ...wireOf(failureOf(work)), requestId: "01JD9X2Y8K5M" };
}

function failureOf(work: JobWork): SnapdeckError {
  switch (work.kind) {
    case "verify-backup":
      return new SnapdeckError(
        "proof-failed",
        "3 of 1,312 files differ from the manifest: data/rank-0/shop/orders/all_1_1_0/amount.bin, " +
          "data/rank-1/shop/orders/all_2_2_0/customer.cmrk2 and 1 more; the backup is suspect from now on",
        { hint: "Take a new backup, and look at the disk of the store before you trust the others." },
      );
    case "check-store":
      return new SnapdeckError(
        "store-broken",
        [
          "9 breaks of 3 invariants; nothing was repaired:",
          ...Array.from(
            { length: 7 },
            (_, index) => `I4: production/attempts/2026112${index}-0930-a1 belongs to no job and no backup`,
          ),
          "I5: production/20261122-135200-ab12/manifest.json is signed with another key",
          "I6: production/20261121-101500-9f3e is on the store and not listed",
        ].join("\n"),
        { hint: "Run `snapdeck check-store --repair` to remove what nothing owns; look at each other break by hand." },
      );
    case "resume":
      return new SnapdeckError("rank-lost", "rank 1 ended with code 70 while it started; the cluster stays suspended", {
        hint: "Look at the rank's log, or undo the restore that came before.",
      });
    default:
      return new SnapdeckError(
        "disk-full",
        "the store /var/lib/snapdeck/store is full after 1.1 GB of 2.2 GB; nothing was listed and earlier backups stay as they are",
        { hint: "Free 1.2 GB on the store, or delete old backups, then press Backup Now again." },
      );
  }
}

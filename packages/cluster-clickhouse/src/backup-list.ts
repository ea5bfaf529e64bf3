import { BackupId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { ClusterParts } from "./cluster-parts.ts";
import { concurrently } from "./concurrently.ts";
import { isListed, readManifest } from "./manifest-file.ts";

/** Backups that are looked at in one go. */
const LOOKS_AT_ONCE = 8;

/** The backups of a cluster, as the store has them now. */
export class BackupList {
  readonly #parts: ClusterParts;
  /** A manifest never changes, so each is read once to know its age. */
  readonly #takenAt = new Map<BackupId, string>();

  constructor(parts: ClusterParts) {
    this.#parts = parts;
  }

  /** Newest first; one whose manifest cannot be read comes last, and says so when it is read. */
  async ids(): Promise<BackupId[]> {
    const { store, id } = this.#parts;
    const names = await store.folders(id);
    const found = names.flatMap((name) => {
      const parsed = BackupId.safeParse(name);
      return parsed.success ? [parsed.data] : [];
    });
    const listed = await concurrently(found, LOOKS_AT_ONCE, async (backupId) => {
      if (!(await isListed(store, id, backupId))) return undefined;
      return { backupId, takenAt: await this.#age(backupId) };
    });
    return listed
      .flatMap((entry) => (entry === undefined ? [] : [entry]))
      .sort((one, other) => compare(other.takenAt, one.takenAt) || compare(other.backupId, one.backupId))
      .map((entry) => entry.backupId);
  }

  async #age(backupId: BackupId): Promise<string> {
    const known = this.#takenAt.get(backupId);
    if (known !== undefined) return known;
    try {
      const { manifest } = await readManifest(this.#parts.store, this.#parts.id, backupId);
      this.#takenAt.set(backupId, manifest.takenAt);
      return manifest.takenAt;
    } catch (thrown) {
      if (thrown instanceof SnapdeckError && thrown.code === "backup-unusable") return "";
      throw thrown;
    }
  }
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

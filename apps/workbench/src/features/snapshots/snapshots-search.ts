import type { QueryInput } from "@snapdeck/contract/routes";
import { BackupId } from "@snapdeck/contract/scalars";

export type BackupSort = NonNullable<QueryInput<"listBackups">["sort"]>;

/** How the list of backups can be sorted, with the words of the select; the server sorts. */
export const SORTS = [
  { value: "newest", label: "Newest first" },
  { value: "oldest", label: "Oldest first" },
  { value: "largest", label: "Largest first" },
  { value: "smallest", label: "Smallest first" },
] as const satisfies readonly { value: BackupSort; label: string }[];

const DIALOGS = ["restore", "verify", "delete", "details"] as const;

/**
 * What the address of the Snapshots page holds, so that a reload and a sent link show the same: the search, the sort order, and
 * the dialog that is open with its backup.
 */
export type SnapshotsSearch = {
  readonly search?: string;
  readonly sort?: BackupSort;
  readonly dialog?: (typeof DIALOGS)[number];
  readonly backup?: BackupId;
};

/** The most characters that the server takes as a search. */
export const SEARCH_MAX = 64;

/** Reads the address; what it does not understand it drops, so that a mistyped link still opens the page. */
export function readSnapshotsSearch(raw: Record<string, unknown>): SnapshotsSearch {
  // The router reads a day like 2026 as a number.
  const search = typeof raw["search"] === "number" ? String(raw["search"]) : raw["search"];
  const sort = SORTS.find(({ value }) => value === raw["sort"])?.value;
  const dialog = DIALOGS.find((name) => name === raw["dialog"]);
  const backup = BackupId.safeParse(raw["backup"]);
  return {
    ...(typeof search === "string" && search !== "" ? { search: search.slice(0, SEARCH_MAX) } : {}),
    ...(sort === undefined ? {} : { sort }),
    // A dialog about no backup is none.
    ...(dialog === undefined || !backup.success ? {} : { dialog, backup: backup.data }),
  };
}

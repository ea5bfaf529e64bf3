import type { BackupId, ClusterId } from "@snapdeck/contract/scalars";
import { getRouteApi } from "@tanstack/react-router";
import type { BackupSort, SnapshotsSearch } from "./snapshots-search.ts";

const page = getRouteApi("/signed-in/clusters/$clusterId/snapshots");

/** The page's address and the ways to change it. */
export type SnapshotsAddress = SnapshotsSearch & {
  readonly clusterId: ClusterId;
  readonly searchFor: (search: string) => void;
  readonly sortBy: (sort: BackupSort) => void;
  /** Opens a dialog about a backup; the browser's Back closes it. */
  readonly open: (dialog: NonNullable<SnapshotsSearch["dialog"]>, backup: BackupId) => void;
  readonly close: () => void;
};

export function useSnapshotsAddress(): SnapshotsAddress {
  const { clusterId } = page.useParams();
  const address = page.useSearch();
  const navigate = page.useNavigate();
  const list = ({ search, sort }: SnapshotsSearch): SnapshotsSearch => ({
    ...(search === undefined || search === "" ? {} : { search }),
    ...(sort === undefined || sort === "newest" ? {} : { sort }),
  });
  // The place on the page stays: only the list or the dialog over it changes.
  const go = (search: (now: SnapshotsSearch) => SnapshotsSearch, replace: boolean) =>
    void navigate({ to: ".", search, replace, resetScroll: false });
  return {
    ...address,
    clusterId,
    searchFor: (search) => go((now) => list({ ...now, search }), true),
    sortBy: (sort) => go((now) => list({ ...now, sort }), true),
    open: (dialog, backup) => go((now) => ({ ...list(now), dialog, backup }), false),
    close: () => go(list, true),
  };
}

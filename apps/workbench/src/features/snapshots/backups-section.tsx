import type { Cluster } from "@snapdeck/contract/cluster";
import type { Job } from "@snapdeck/contract/job";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { lazy, Suspense, useId } from "react";
import { backupsQuery } from "../../api/queries.ts";
import { BusyButton } from "../../components/busy-button.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import { BackupsTable } from "./backups-table.tsx";
import { BackupsTableSkeleton } from "./backups-table-skeleton.tsx";
import { BackupsToolbar } from "./backups-toolbar.tsx";
import { CheckStoreButton } from "./check-store-button.tsx";
import { needsNote } from "./needs-note.ts";
import { RestoreRefusal } from "./restore-refusal.tsx";
import { SectionHeading } from "./section-heading.tsx";
import classes from "./snapshots-page.module.css";
import type { SnapshotsAddress } from "./use-snapshots-address.ts";

const NoBackups = lazy(async () => ({ default: (await import("./no-backups.tsx")).NoBackups }));
const NoMatch = lazy(async () => ({ default: (await import("./no-match.tsx")).NoMatch }));

type Props = {
  /** Undefined until the first answer. */
  readonly cluster: Cluster | undefined;
  readonly activity: readonly Job[];
  readonly address: SnapshotsAddress;
  readonly onSuspend: () => void;
};

/** The completed backups: searched and sorted by the server, and kept on screen while it is asked again or cannot answer. */
export function BackupsSection({ cluster, activity, address, onSuspend }: Props) {
  const headingId = useId();
  const { search = "", sort = "newest" } = address;
  const list = useInfiniteQuery({
    ...backupsQuery(address.clusterId, { search, sort }),
    placeholderData: keepPreviousData,
  });
  const backups = list.data?.pages.flatMap((page) => page.items) ?? [];
  const total = list.data?.pages.at(-1)?.total;
  return (
    <section aria-labelledby={headingId} className={classes["section"]}>
      <div className={classes["bar"]}>
        <div className={classes["head"]}>
          <SectionHeading id={headingId} title="Backups" count={total} counted="backups" />
          {cluster !== undefined && <CheckStoreButton cluster={cluster} />}
        </div>
        <BackupsToolbar search={search} sort={sort} onSearch={address.searchFor} onSort={address.sortBy} />
      </div>
      {cluster !== undefined && backups.length > 0 && <RestoreRefusal cluster={cluster} onSuspend={onSuspend} />}
      {needsNote(list.error, list.data) && (
        <ProblemNote
          error={list.error}
          {...(list.data === undefined ? {} : { meaning: "The list below is as it was last read." })}
          onRetry={() => void list.refetch()}
        />
      )}
      {list.data === undefined || cluster === undefined ? (
        list.error === null && <BackupsTableSkeleton />
      ) : backups.length > 0 ? (
        <BackupsTable
          backups={backups}
          cluster={cluster}
          activity={activity}
          busy={list.isPlaceholderData}
          onOpen={address.open}
        />
      ) : (
        <Suspense fallback={<BackupsTableSkeleton />}>
          {search === "" ? (
            <NoBackups cluster={cluster} activity={activity} />
          ) : (
            <NoMatch search={search} onClear={() => address.searchFor("")} />
          )}
        </Suspense>
      )}
      {list.hasNextPage && (
        <div className={classes["more"]}>
          <BusyButton variant="default" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            Load more
          </BusyButton>
          <span className="quiet">
            {backups.length} of {total} shown
          </span>
        </div>
      )}
    </section>
  );
}

import { Skeleton } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { auditQuery } from "../../api/queries.ts";
import { EmptyState } from "../../components/empty-state.tsx";
import { LoadMore } from "../../components/load-more.tsx";
import { PageHeader } from "../../components/page-header.tsx";
import { PageProblem } from "../../components/page-problem.tsx";
import { formatCounted } from "../../format/rows.ts";
import { AuditTable } from "./audit-table.tsx";

/** Who did what, newest first. */
export function AuditPage() {
  const query = useInfiniteQuery(auditQuery());
  const entries = query.data?.pages.flatMap(({ items }) => items);
  return (
    <>
      <PageHeader
        title="Audit"
        verdict={
          entries === undefined
            ? "Who did what, newest first."
            : `The newest ${formatCounted(entries.length, "entry", "entries")} of who did what. Each holds the hash of the one before, so that a missing or changed one shows.`
        }
      />
      <PageProblem query={query} />
      {entries === undefined && query.error === null && <Skeleton height={480} radius={8} />}
      {entries?.length === 0 && (
        <div className="card">
          <EmptyState icon={<IconHistory size={28} aria-hidden />} title="Nothing has been done yet">
            Every change that is asked for is written here, with who asked and what came of it.
          </EmptyState>
        </div>
      )}
      {entries !== undefined && entries.length > 0 && (
        <>
          <AuditTable entries={entries} />
          <LoadMore query={query} />
        </>
      )}
    </>
  );
}

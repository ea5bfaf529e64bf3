import type { Cluster } from "@snapdeck/contract/cluster";
import { type Job, UNDER_WAY } from "@snapdeck/contract/job";
import { IconDatabaseExport, IconDatabasePlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { inventoryQuery } from "../../api/queries.ts";
import { useClusterAct } from "../../cluster-acts/use-cluster-act.ts";
import { ActionButton } from "../../components/action-button.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";

type Props = { readonly cluster: Cluster; readonly activity: readonly Job[] };

/** No backup yet, and the step that comes next: data for an empty cluster, else the first backup. */
export function NoBackups({ cluster, activity }: Props) {
  const inventory = useQuery(inventoryQuery(cluster.id));
  const load = useClusterAct(cluster.id, "loadExampleData");
  const backingUp = activity.some(
    ({ work, state }) => work.kind === "backup" && UNDER_WAY.some((name) => name === state.name),
  );
  const empty = inventory.data?.databases.length === 0;
  return (
    <div className="card">
      {empty && cluster.traits.loadsExampleData && !backingUp ? (
        <EmptyState
          icon={<IconDatabasePlus size={32} aria-hidden />}
          title="The cluster holds no data yet"
          action={
            <ActionButton
              availability={cluster.actions.loadExampleData}
              busy={load.isPending}
              onAct={() => load.mutate()}
            >
              Load example data
            </ActionButton>
          }
        >
          Load example data, about 2 million rows that the database generates itself, to have something to back up. Or
          write your own, then press Backup Now.
        </EmptyState>
      ) : (
        <EmptyState icon={<IconDatabaseExport size={32} aria-hidden />} title="No backup yet">
          {backingUp
            ? "The first backup is being taken. It is listed here once it is copied and proven."
            : "Press Backup Now, at the top of the page. The cluster keeps running and writers go on meanwhile."}
        </EmptyState>
      )}
      {load.error !== null && <ProblemNote error={load.error} onRetry={() => load.mutate()} />}
    </div>
  );
}

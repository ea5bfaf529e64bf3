import type { Cluster } from "@snapdeck/contract/cluster";
import { StateBadge } from "../../components/state-badge.tsx";
import { TextLink } from "../../components/text-link.tsx";
import { UsageBar } from "../../components/usage-bar.tsx";
import { Age } from "../../format/age.tsx";
import { formatBytes } from "../../format/bytes.ts";
import { formatCounted } from "../../format/rows.ts";
import classes from "./cluster-page.module.css";

type Props = { readonly cluster: Cluster };

/** Whether the cluster could be brought back, and where from. */
export function BackupsCard({ cluster }: Props) {
  const { backups, store } = cluster;
  return (
    <section className="card" aria-labelledby="backups-heading">
      <h2 id="backups-heading">Backups</h2>
      <dl className={classes["facts"]}>
        <dt>Newest backup</dt>
        <dd>{backups.newest === undefined ? "none yet" : <Age at={backups.newest.takenAt} />}</dd>
        <dt>Newest proof</dt>
        <dd>
          {backups.newest === undefined ? (
            "none yet"
          ) : backups.newest.suspect ? (
            <StateBadge tone="suspect" word="Suspect" />
          ) : (
            <Age at={backups.newest.provenAt} />
          )}
        </dd>
        <dt>Listed</dt>
        <dd>
          <TextLink to="/clusters/$clusterId/snapshots" params={{ clusterId: cluster.id }}>
            {backups.count === 0 ? "Take the first backup" : formatCounted(backups.count, "backup")}
          </TextLink>
        </dd>
        {store !== undefined && (
          <>
            <dt>Store</dt>
            <dd>
              <code className={classes["storeName"]}>{store.name}</code>
              {store.freeBytes !== undefined && store.totalBytes !== undefined && (
                <UsageBar
                  usedBytes={store.totalBytes - store.freeBytes}
                  totalBytes={store.totalBytes}
                  label={`${formatBytes(store.freeBytes)} free of ${formatBytes(store.totalBytes)}`}
                />
              )}
            </dd>
          </>
        )}
      </dl>
    </section>
  );
}

import type { Cluster } from "@snapdeck/contract/cluster";
import { rankStateLook } from "../../components/cluster-state-look.ts";
import { StateBadge } from "../../components/state-badge.tsx";
import { UsageBar } from "../../components/usage-bar.tsx";
import { Age } from "../../format/age.tsx";
import { formatBytes } from "../../format/bytes.ts";
import classes from "./cluster-page.module.css";

type Rank = Cluster["ranks"][number];

/** The processes of the cluster, one row each. */
export function RanksSection({ cluster }: { readonly cluster: Cluster }) {
  return (
    <section className={classes["section"]} aria-labelledby="ranks-heading">
      <h2 id="ranks-heading" className="section-heading">
        Ranks ({cluster.ranks.length})
      </h2>
      <div className="card table-card">
        <table className="data-table">
          <thead>
            <tr>
              <th scope="col">Rank</th>
              <th scope="col">State</th>
              <th scope="col">Where</th>
              <th scope="col">Since</th>
              <th scope="col">Disk</th>
            </tr>
          </thead>
          <tbody>
            {cluster.ranks.map((rank) => (
              <RankRow key={rank.rank} rank={rank} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function RankRow({ rank }: { readonly rank: Rank }) {
  const { word, tone } = rankStateLook(rank.state);
  return (
    <tr>
      <td data-label="Rank" className="headline">
        <span>
          <span className="only-small">Rank </span>
          {rank.rank}
        </span>
      </td>
      <td data-label="State">
        <span>
          <StateBadge word={word} tone={tone} />
          {rank.detail !== undefined && <div className="quiet">{rank.detail}</div>}
        </span>
      </td>
      <td data-label="Where" className="wide">
        <span className="mono">{rank.place}</span>
      </td>
      <td data-label="Since">{rank.since === undefined ? "–" : <Age at={rank.since} />}</td>
      <td data-label="Disk" className="wide">
        <Disk rank={rank} />
      </td>
    </tr>
  );
}

function Disk({ rank }: { readonly rank: Rank }) {
  const { diskFreeBytes: freeBytes, diskTotalBytes: totalBytes } = rank;
  if (freeBytes === undefined) return <span>–</span>;
  if (totalBytes === undefined) return <span>{formatBytes(freeBytes)} free</span>;
  return (
    <UsageBar
      usedBytes={totalBytes - freeBytes}
      totalBytes={totalBytes}
      label={`${formatBytes(freeBytes)} free of ${formatBytes(totalBytes)}`}
    />
  );
}

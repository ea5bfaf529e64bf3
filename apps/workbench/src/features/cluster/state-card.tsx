import type { Cluster } from "@snapdeck/contract/cluster";
import { clusterStateLook } from "../../components/cluster-state-look.ts";
import { StateBadge } from "../../components/state-badge.tsx";
import { Age } from "../../format/age.tsx";
import { ACT_EFFECTS } from "./act-words.ts";
import classes from "./cluster-page.module.css";

type Props = { readonly cluster: Cluster };

/** The state in words, and what the way to the other one will do. */
export function StateCard({ cluster }: Props) {
  const { word, tone } = clusterStateLook(cluster.state);
  return (
    <section className="card" aria-labelledby="state-heading">
      <h2 id="state-heading">State</h2>
      <dl className={classes["facts"]}>
        <dt>State</dt>
        <dd>
          <StateBadge word={word} tone={tone} />
        </dd>
        {cluster.detail !== undefined && (
          <>
            <dt>Why</dt>
            <dd>{cluster.detail}</dd>
          </>
        )}
        <dt>Engine</dt>
        <dd>
          {cluster.engine.name} {cluster.engine.version}
        </dd>
        <dt>Last read</dt>
        <dd>
          <Age at={cluster.observedAt} />
        </dd>
      </dl>
      {cluster.traits.suspends && (cluster.state === "running" || cluster.state === "suspended") && (
        <p className={classes["effect"]}>
          {cluster.state === "running" ? (
            <>
              <strong>Suspend:</strong> {ACT_EFFECTS.suspend}
            </>
          ) : (
            <>
              <strong>Resume:</strong> {ACT_EFFECTS.resume}
            </>
          )}
        </p>
      )}
    </section>
  );
}

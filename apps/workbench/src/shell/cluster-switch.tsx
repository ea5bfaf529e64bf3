import type { Cluster } from "@snapdeck/contract/cluster";
import { ClusterId } from "@snapdeck/contract/scalars";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { clustersQuery } from "../api/queries.ts";
import classes from "./cluster-switch.module.css";

type Props = { readonly cluster: Cluster };

/** The name of the cluster; where there are several, the way to another one. */
export function ClusterSwitch({ cluster }: Props) {
  const { data } = useQuery(clustersQuery());
  const navigate = useNavigate();
  if (data === undefined || data.items.length < 2) {
    return (
      <Link
        to="/clusters/$clusterId"
        params={{ clusterId: cluster.id }}
        className={classes["name"]}
        title={cluster.name}
      >
        {cluster.name}
      </Link>
    );
  }
  return (
    <select
      className={classes["select"]}
      aria-label="Cluster"
      value={cluster.id}
      onChange={(event) =>
        void navigate({ to: "/clusters/$clusterId", params: { clusterId: ClusterId.parse(event.target.value) } })
      }
    >
      {data.items.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}

import type { Cluster, Inventory } from "@snapdeck/contract/cluster";
import { formatAge } from "../../format/format-age.ts";
import { formatCounted, formatRows } from "../../format/rows.ts";

/** The one sentence, or two, that the page opens with. `nowMs`: milliseconds since 1970. */
export function clusterVerdict(cluster: Cluster, inventory: Inventory | undefined, nowMs: number): string {
  const { name } = cluster;
  switch (cluster.state) {
    case "running":
      return `${runningText(cluster, inventory)} ${backupText(cluster, nowMs)}`;
    case "suspending":
      return `${name} is being suspended: running queries are given time to finish, then its ranks are stopped.`;
    case "suspended":
      return `${name} is suspended: its data is on disk, and nothing can read or change it until it is resumed. ${backupText(cluster, nowMs)}`;
    case "resuming":
      return `${name} is being resumed: its ranks are starting.`;
    case "restoring":
      return `${name} is being restored: its data stays as it was until the restored data is complete and compared.`;
    case "unreachable":
      return `${name} does not answer; it was last heard of ${formatAge(cluster.observedAt, nowMs)}. What is shown is from then.`;
  }
}

function runningText(cluster: Cluster, inventory: Inventory | undefined): string {
  const troubled = cluster.ranks.filter(({ state }) => state !== "up");
  if (troubled.length > 0) {
    const numbers = troubled.map(({ rank }) => rank).join(", ");
    const [first] = troubled;
    const words = troubled.length === 1 ? `rank ${numbers} is ${first?.state}` : `ranks ${numbers} are not up`;
    return `${cluster.name} is running, but ${words}.`;
  }
  const ranks = formatCounted(cluster.ranks.length, "rank");
  if (inventory === undefined) return `${cluster.name} is running with ${ranks}.`;
  const tables = inventory.databases.reduce((sum, database) => sum + database.tables.length, 0);
  if (tables === 0) return `${cluster.name} is running with ${ranks} and holds no tables yet.`;
  return `${cluster.name} is running with ${ranks}: ${formatRows(inventory.rows)} rows in ${formatCounted(tables, "table")}.`;
}

function backupText({ backups }: Cluster, nowMs: number): string {
  if (backups.newest === undefined) return "It has no backup.";
  const { takenAt, provenAt, suspect } = backups.newest;
  const standing = suspect ? "suspect: a later proof of it failed" : `proven ${formatAge(provenAt, nowMs)}`;
  return `Newest backup ${formatAge(takenAt, nowMs)}, ${standing}.`;
}

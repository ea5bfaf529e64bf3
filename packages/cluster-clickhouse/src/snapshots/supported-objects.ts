import type { DatabaseObjectType } from "@snapdeck/contract/database-object";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { SupportedObjects } from "@snapdeck/core/snapshots/supported-objects";
import { z } from "zod";
import type { ClusterParts } from "../cluster-parts.ts";
import type { RankClient } from "../rank-client.ts";
import { runningRanks } from "../running-ranks.ts";
import { keepsWorkloads } from "./rank-workloads.ts";

/** What the console keeps itself, and not the engine. */
export const CONNECTION_TYPES = ["CREDENTIAL", "DATA SINK", "DATA SOURCE"] as const;
export type ConnectionType = (typeof CONNECTION_TYPES)[number];

export function isConnection(type: string): type is ConnectionType {
  return CONNECTION_TYPES.some((each) => each === type);
}

/** Functions and workloads are the server's, not a schema's. */
export function livesInNoSchema(type: string): boolean {
  return type === "FUNCTION" || type === "RESOURCE GROUP";
}

const DirectoryRow = z.object({ type: z.string() });
const SELECT_DIRECTORIES = "SELECT type FROM system.user_directories ORDER BY precedence";

/** Of `system.user_directories`: those that SQL can write to. What stands in the others is somebody else's, such as a file or LDAP. */
const WRITABLE = ["local_directory", "replicated", "memory"];

/**
 * What OBJECTS may name on a ClickHouse cluster, by what its first rank says. Without a rank to ask nothing is ruled out that a server may
 * have: the work looks again.
 * @throws {SnapdeckError} `cluster-unreachable`, `engine-failed`
 */
export async function supportedObjects(
  { connections }: Pick<ClusterParts, "connections">,
  rank: Pick<RankClient, "rows"> | undefined,
): Promise<SupportedObjects> {
  const types: DatabaseObjectType[] = ["ALL", "TABLE", "FUNCTION"];
  const own = connections === undefined ? [] : CONNECTION_TYPES;
  if (rank === undefined) return { types: [...types, "RESOURCE GROUP", ...own], reasons: new Map() };
  const [hasGroups, access] = await Promise.all([keepsWorkloads(rank), accessReason(rank)]);
  const reasons = new Map<DatabaseObjectType, string>([
    ["USER", access],
    ["ROLE", access],
  ]);
  if (!hasGroups)
    reasons.set("RESOURCE GROUP", "its server keeps no workloads, which are ClickHouse's resource groups");
  return { types: [...types, ...(hasGroups ? (["RESOURCE GROUP"] as const) : []), ...own], reasons };
}

/** As {@link supportedObjects}, of a cluster that may be at rest. */
export async function supportedNow(parts: ClusterParts): Promise<SupportedObjects> {
  try {
    const [first] = await runningRanks(parts);
    return await supportedObjects(parts, first);
  } catch (thrown) {
    if (!(thrown instanceof SnapdeckError)) throw thrown;
    return supportedObjects(parts, undefined);
  }
}

/** Why users and roles cannot be backed up. */
async function accessReason(rank: Pick<RankClient, "rows">): Promise<string> {
  let directories: readonly string[];
  try {
    const rows = await rank.rows("asking where it keeps users", DirectoryRow, SELECT_DIRECTORIES);
    directories = rows.map(({ type }) => type);
  } catch (thrown) {
    if (!(thrown instanceof SnapdeckError) || thrown.code !== "engine-failed") throw thrown;
    return "its server does not tell Snapdeck where it keeps users and roles";
  }
  const writable = directories.filter((each) => WRITABLE.includes(each));
  if (writable.length > 0) {
    return `its server keeps users and roles that SQL made (${writable.join(", ")}), but restoring password hashes and grants was not tried on any server`;
  }
  return `its server keeps users and roles in its configuration only (${directories.join(", ")}), which is no part of a backup`;
}

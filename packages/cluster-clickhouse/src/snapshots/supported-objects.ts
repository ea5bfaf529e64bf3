import type { DatabaseObjectType } from "@snapdeck/contract/database-object";
import type { ClusterParts } from "../cluster-parts.ts";

/** What the console keeps itself, and not the engine. */
export const CONNECTION_TYPES = ["CREDENTIAL", "DATA SINK", "DATA SOURCE"] as const;
export type ConnectionType = (typeof CONNECTION_TYPES)[number];

export function isConnection(type: string): type is ConnectionType {
  return CONNECTION_TYPES.some((each) => each === type);
}

/** What OBJECTS may name on a ClickHouse cluster. Its users, roles and profiles stand in its configuration, which is no part of a backup. */
export function supportedTypes({ connections }: Pick<ClusterParts, "connections">): DatabaseObjectType[] {
  return ["ALL", "TABLE", "FUNCTION", ...(connections === undefined ? [] : CONNECTION_TYPES)];
}

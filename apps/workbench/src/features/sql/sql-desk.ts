import type { ClusterId } from "@snapdeck/contract/scalars";
import type { SqlReply } from "@snapdeck/contract/sql";
import { type QueryClient, skipToken, useQuery, useQueryClient } from "@tanstack/react-query";
import { keys } from "../../api/query-keys.ts";

/** A script that was sent, and what came of it. */
export type SqlRun = { readonly sql: string; readonly startedAtMs: number } & (
  | { readonly state: "running"; readonly stop: () => void }
  | { readonly state: "answered"; readonly tookMs: number; readonly reply: SqlReply }
  /** `key`: what the server knows the script by, for one whose answer was lost. */
  | { readonly state: "failed"; readonly tookMs: number; readonly error: Error; readonly key: string }
  | { readonly state: "stopped"; readonly tookMs: number }
);

/**
 * What lies on the SQL page of a cluster. Scripts may hold secrets: they are kept in memory, for as long as this user stays signed in,
 * and nowhere else.
 */
export type SqlDesk = {
  readonly draft: string;
  /** The scripts that were run, newest first, each once. */
  readonly scripts: readonly string[];
  readonly run?: SqlRun;
};

/** So many scripts are remembered. */
const MOST_SCRIPTS = 20;

const CLEAR: SqlDesk = { draft: "", scripts: [] };

export function useSqlDesk(clusterId: ClusterId): {
  readonly desk: SqlDesk;
  readonly write: (draft: string) => void;
} {
  const client = useQueryClient();
  const { data = CLEAR } = useQuery<SqlDesk>({
    queryKey: keys.sqlDesk(clusterId),
    queryFn: skipToken,
    initialData: CLEAR,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
    structuralSharing: false,
  });
  return { desk: data, write: (draft) => changeDesk(client, clusterId, (desk) => ({ ...desk, draft })) };
}

export function deskOf(client: QueryClient, clusterId: ClusterId): SqlDesk {
  return client.getQueryData<SqlDesk>(keys.sqlDesk(clusterId)) ?? CLEAR;
}

/** Nothing comes of it when the user signed out meanwhile. */
export function changeDesk(client: QueryClient, clusterId: ClusterId, change: (desk: SqlDesk) => SqlDesk): void {
  client.setQueryData<SqlDesk>(keys.sqlDesk(clusterId), (desk) => desk && change(desk));
}

export function withScript({ scripts }: Pick<SqlDesk, "scripts">, sql: string): readonly string[] {
  return [sql, ...scripts.filter((script) => script !== sql)].slice(0, MOST_SCRIPTS);
}

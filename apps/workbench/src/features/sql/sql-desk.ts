import type { ClusterId } from "@snapdeck/contract/scalars";
import type { SqlReply } from "@snapdeck/contract/sql";
import { type QueryClient, skipToken, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { keys } from "../../api/query-keys.ts";
import type { JobsBefore } from "./script-jobs.ts";

/** A script that was sent. One that goes on where it was cut off keeps everything but `startedAtMs`. */
export type SentScript = {
  readonly sql: string;
  /** What the server knows it by: sent again under this key, nothing that it remembers is done twice. */
  readonly key: string;
  /** When it was sent for the first time, and for the last. */
  readonly sentAtMs: number;
  readonly startedAtMs: number;
  /** Absent where the page had read nothing of the cluster yet. */
  readonly before?: JobsBefore | undefined;
};

/** A script that was sent, and what came of it. */
export type SqlRun = SentScript &
  (
    | { readonly state: "running"; readonly stop: () => void }
    | { readonly state: "answered"; readonly tookMs: number; readonly reply: SqlReply }
    | { readonly state: "failed"; readonly tookMs: number; readonly error: Error }
    | { readonly state: "stopped"; readonly tookMs: number }
  );

/** A script whose answer did not come: nobody waits for it any more, and how far it came is not known. */
export type CutOffRun = Extract<SqlRun, { readonly state: "failed" | "stopped" }>;

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
  // The cache tells of its changes a moment later: a field that waited for that would lose letters, and its caret.
  const [written, setWritten] = useState({ clusterId, draft: data.draft });
  const draft = written.clusterId === clusterId ? written.draft : data.draft;
  return {
    desk: { ...data, draft },
    write: (text) => {
      setWritten({ clusterId, draft: text });
      changeDesk(client, clusterId, (desk) => ({ ...desk, draft: text }));
    },
  };
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

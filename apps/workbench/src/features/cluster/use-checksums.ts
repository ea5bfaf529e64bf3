import type { ClusterId } from "@snapdeck/contract/scalars";
import { type QueryClient, useQueries, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { call } from "../../api/call.ts";
import { type ChecksumEntry, withResult } from "./checksum-entry.ts";

export type TableName = { readonly database: string; readonly table: string };

/** A scan of a large table takes as long as it takes; the server ends it when the page goes away. In milliseconds. */
const SCAN_TIMEOUT_MS = 3_600_000;

function keyOf(clusterId: ClusterId, { database, table }: TableName) {
  return ["checksum", clusterId, database, table] as const;
}

/** What is known of the checksums of these tables, in their order. Kept while the page is open, so that a later one can be compared. */
export function useChecksumEntries(clusterId: ClusterId, tables: readonly TableName[]): (ChecksumEntry | undefined)[] {
  return useQueries({
    queries: tables.map((name) => ({
      queryKey: keyOf(clusterId, name),
      queryFn: (): ChecksumEntry => ({ standing: "idle" }),
      enabled: false,
      gcTime: Number.POSITIVE_INFINITY,
    })),
    combine: entriesOf,
  });
}

function entriesOf(results: readonly { data: ChecksumEntry | undefined }[]): (ChecksumEntry | undefined)[] {
  return results.map(({ data }) => data);
}

export type Scanning = {
  readonly busy: boolean;
  readonly run: (tables: readonly TableName[]) => void;
  readonly stop: () => void;
};

/** Computes checksums one after the other, so that the cluster is asked for one scan at a time. Stops when the page is left. */
export function useScanning(clusterId: ClusterId): Scanning {
  const client = useQueryClient();
  const queue = useRef<TableName[]>([]);
  const abort = useRef<AbortController>(undefined);
  const [busy, setBusy] = useState(false);

  const scanning = useMemo(() => {
    const stop = () => {
      for (const name of queue.current) change(client, clusterId, name, (entry) => ({ ...entry, standing: "idle" }));
      queue.current = [];
      abort.current?.abort();
    };
    const drain = async () => {
      setBusy(true);
      abort.current = new AbortController();
      const { signal } = abort.current;
      for (let name = queue.current.shift(); name !== undefined; name = queue.current.shift()) {
        await scan(client, clusterId, name, signal);
      }
      abort.current = undefined;
      setBusy(false);
    };
    const run = (tables: readonly TableName[]) => {
      for (const name of tables) change(client, clusterId, name, (entry) => ({ ...entry, standing: "waiting" }));
      queue.current.push(...tables);
      if (abort.current === undefined) void drain();
    };
    return { run, stop };
  }, [client, clusterId]);

  useEffect(() => scanning.stop, [scanning]);
  return { busy, ...scanning };
}

async function scan(client: QueryClient, clusterId: ClusterId, name: TableName, signal: AbortSignal): Promise<void> {
  change(client, clusterId, name, (entry) => ({ ...entry, standing: "scanning" }));
  try {
    const result = await call("checksumTable", {
      params: { clusterId },
      body: name,
      signal,
      timeoutMs: SCAN_TIMEOUT_MS,
    });
    change(client, clusterId, name, (entry) => withResult(entry, result));
  } catch (error) {
    change(client, clusterId, name, (entry) => ({ ...entry, standing: "idle", ...(signal.aborted ? {} : { error }) }));
  }
}

function change(
  client: QueryClient,
  clusterId: ClusterId,
  name: TableName,
  to: (entry: ChecksumEntry) => ChecksumEntry,
): void {
  const key = keyOf(clusterId, name);
  const { error: _, ...entry } = client.getQueryData<ChecksumEntry>(key) ?? { standing: "idle" };
  client.setQueryData<ChecksumEntry>(key, to(entry));
}

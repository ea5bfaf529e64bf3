import type { Backup } from "@snapdeck/contract/backup";
import type { Reply } from "@snapdeck/contract/routes";
import type { BackupId, ClusterId } from "@snapdeck/contract/scalars";
import { type InfiniteData, type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { call } from "../../api/call.ts";
import { keys } from "../../api/query-keys.ts";

/** One backup, at once where a list holds it, else asked for; for a dialog that a link opened. */
export function useBackup(clusterId: ClusterId, backupId: BackupId) {
  const client = useQueryClient();
  return useQuery<Backup>({
    queryKey: keys.backup(clusterId, backupId),
    queryFn: ({ signal }) => call("getBackup", { params: { clusterId, backupId }, signal }),
    placeholderData: () => listedBackup(client, clusterId, backupId),
  });
}

/** A backup as any of the lists that were read holds it. */
export function listedBackup(client: QueryClient, clusterId: ClusterId, backupId: BackupId): Backup | undefined {
  const lists = client.getQueriesData<InfiniteData<Reply<"listBackups">>>({ queryKey: keys.backupLists(clusterId) });
  return lists
    .flatMap(([, list]) => list?.pages ?? [])
    .flatMap((page) => page.items)
    .find((backup) => backup.id === backupId);
}

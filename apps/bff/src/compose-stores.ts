import { randomUUID } from "node:crypto";
import { metadataReader } from "@snapdeck/cluster-clickhouse/snapshots/metadata-reader";
import type { DatabaseBackupStore, EngineLocation } from "@snapdeck/core/ports/database-backup-store";
import type { ComposingStore } from "@snapdeck/object-store/database-backup/carry-out";
import { openDatabaseBackupStore } from "@snapdeck/object-store/database-backup/open-database-backup-store";
import { DirectoryStore } from "@snapdeck/object-store/directory-store";
import { judgeS3, s3Connection, testS3Connection } from "@snapdeck/object-store/s3/s3-connection";
import type { ClusterConfig } from "./config.ts";
import { backupDirectory, rootOf } from "./connections/backup-directory.ts";
import { testDirectory } from "./connections/directory-test.ts";
import type { StoreDescription, StoreOpener, StoreUse } from "./connections/store-opener.ts";
import type { Sealer } from "./secrets/sealer.ts";

type StoresConfig = Pick<ClusterConfig, "databaseBackupRoots" | "s3Endpoints">;

/** How this server gets to the stores of database backups: directories below the roots, and S3. A part of `compose.ts`. */
export function composeStores(config: StoresConfig, sealer: Sealer): StoreOpener {
  const { databaseBackupRoots: roots, s3Endpoints: allowedEndpoints } = config;
  const server = { allowedEndpoints };
  const directory = async (path: string, use: StoreUse) =>
    DirectoryStore.open(await backupDirectory(path, roots, use === "sink"));

  const reach = async (
    description: StoreDescription,
    use: StoreUse,
  ): Promise<{ store: ComposingStore; engine: EngineLocation }> => {
    if (description.kind === "s3") return s3Connection(description, use, server);
    const store = await directory(description.path, use);
    return { store, engine: { kind: "directory", root: store.name } };
  };

  return {
    judge(description: StoreDescription, use: StoreUse): void {
      if (description.kind === "s3") judgeS3(description, use, server);
      else rootOf(description.path, roots);
    },
    async test(description: StoreDescription, use: StoreUse) {
      if (description.kind === "s3") return testS3Connection(description, use, server);
      return testDirectory(() => directory(description.path, use), use, randomUUID());
    },
    async open(description: StoreDescription, use: StoreUse): Promise<DatabaseBackupStore> {
      const { store, engine } = await reach(description, use);
      return openDatabaseBackupStore({ store, engine, sealer, reader: metadataReader });
    },
  };
}

import type { DatabaseBackupStore, EngineLocation } from "@snapdeck/core/ports/database-backup-store";
import { lmdbStamper } from "./backup-files.ts";
import { metadataPath } from "./backup-paths.ts";
import { type ComposingStore, carryOut } from "./carry-out.ts";
import { readInfo, type Sealer } from "./info-file.ts";
import {
  listBackups,
  type MetadataReader,
  readBackupView,
  readContent,
  readDefinitions,
  readMetadata,
} from "./read-backup.ts";

export type DatabaseBackupStoreOptions = {
  readonly store: ComposingStore;
  /** Signs what is published, and tells what this console signed. */
  readonly sealer: Sealer;
  /** Reads the `.backup` of the engine that writes here. */
  readonly reader: MetadataReader;
  /** How that engine reaches the same place as `store`. */
  readonly engine: EngineLocation;
};

/** The database backups of one store, which is closed with it. */
export function openDatabaseBackupStore({
  store,
  sealer,
  reader,
  engine,
}: DatabaseBackupStoreOptions): DatabaseBackupStore {
  return {
    files: store,
    engine,
    stamper: lmdbStamper,
    list: () => listBackups(store, sealer),
    read: (name) => readInfo(store, sealer, name),
    definitions: (info) => readDefinitions(store, info),
    content: (name, snapshot) => readContent(store, name, snapshot),
    view: (info, ids) => readBackupView(store, info, ids, reader),
    metadata: (name, id, folder) => readMetadata(store, metadataPath(name, id, folder), reader),
    carryOut: (name, steps, standing, prove, onStep, onMoved) =>
      carryOut({ store, sealer, name, prove, onMoved }, steps, standing, onStep),
    close: () => store.close?.(),
  };
}

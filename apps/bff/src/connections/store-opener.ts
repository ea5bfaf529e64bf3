import type { DATA_SINK_OPTIONS } from "@snapdeck/backup-sql/options/connection-options";
import type { OptionsOf } from "@snapdeck/backup-sql/options/option-table";
import type { DatabaseBackupStore } from "@snapdeck/core/ports/database-backup-store";

/** What a store is opened for: a sink is written to, a source is only read. */
export type StoreUse = "sink" | "source";

/** Where a data sink or a data source leads, with everything that is needed to get there. Holds secrets: never logged. */
export type StoreDescription =
  | { readonly kind: "directory"; readonly path: string }
  | {
      readonly kind: "s3";
      /** `S3` or `S3://host[:port]`. */
      readonly location: string;
      readonly options: OptionsOf<typeof DATA_SINK_OPTIONS>;
      readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
    };

/** What a test found out about one thing that backups need of a store. */
export type TestedStep = {
  readonly check: string;
  readonly isOk: boolean;
  /** What was found, for the operator; without secrets. */
  readonly detail: string;
  readonly hint?: string;
};

/** How this server gets to stores; made where adapters are. */
export interface StoreOpener {
  /**
   * Judges a description by itself and by the configuration of this server, without asking anything of the store.
   * @throws {SnapdeckError} `bad-request`, `not-supported`
   */
  judge(description: StoreDescription, use: StoreUse): void;
  /** Tries out what backups need of it, all of it whatever fails, and leaves nothing behind. @throws {SnapdeckError} as `judge` */
  test(description: StoreDescription, use: StoreUse): Promise<TestedStep[]>;
  /** @throws {SnapdeckError} as `judge`, and `store-unavailable` */
  open(description: StoreDescription, use: StoreUse): Promise<DatabaseBackupStore>;
}

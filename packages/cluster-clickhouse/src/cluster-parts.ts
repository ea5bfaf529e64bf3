import type { ClusterId } from "@snapdeck/contract/scalars";
import type { Clock } from "@snapdeck/core/clock";
import type { ConnectionObjects } from "@snapdeck/core/ports/database-backups";
import type { ObjectStore } from "@snapdeck/core/ports/object-store";
import type { HostClient } from "./host-client.ts";
import type { RankClients } from "./rank-clients.ts";

/** Encrypts and signs text with a key that is not in the store. */
export type Sealer = {
  seal(text: string): string | Promise<string>;
  /** Throws when the text was not sealed with this key or was changed since. */
  unseal(sealed: string): string | Promise<string>;
};

export type ClickHouseSettings = {
  /** How often running work is looked at, in milliseconds. Default 50: an end is seen at once, and a rank answers in a few. */
  readonly pollMs: number;
  /** Work that moves neither a byte nor a file for so long is ended, in milliseconds. Default 120 000. */
  readonly noProgressMs: number;
  /** How long a rank may stay silent under work before it counts as lost, in milliseconds. Default 20 000. */
  readonly rankSilenceMs: number;
  /** How long the engine may take to end work that was stopped, in milliseconds. Default 120 000: it ends between files. */
  readonly stopMs: number;
  /** Free bytes that a backup must leave on the store, and a restore where the data lives. Default 64 MiB. */
  readonly floorBytes: number;
  /** Slows backups down to so many bytes per second, for each rank. Unlimited by default. */
  readonly backupBandwidthBytesPerSecond?: number | undefined;
};

export const DEFAULT_SETTINGS: ClickHouseSettings = {
  pollMs: 50,
  noProgressMs: 120_000,
  rankSilenceMs: 20_000,
  stopMs: 120_000,
  floorBytes: 64 * 1024 * 1024,
};

/** What every part of the adapter works with. */
export type ClusterParts = {
  readonly id: ClusterId;
  readonly name: string;
  /** Absent for servers that nobody starts and stops for us. */
  readonly host: HostClient | undefined;
  readonly ranks: RankClients;
  readonly store: ObjectStore;
  /** The destination in SQL of a folder of the store, such as `File('a/b')`. */
  readonly engineStore: (folder: string) => string;
  readonly sealer: Sealer;
  /** Credentials, data sinks and data sources; absent where nobody keeps any. */
  readonly connections?: ConnectionObjects | undefined;
  readonly clock: Clock;
  /** Names a path that nobody used before; lower-case letters and digits. */
  readonly newSuffix: () => string;
  readonly settings: ClickHouseSettings;
};

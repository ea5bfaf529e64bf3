import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BackupId } from "@snapdeck/contract/scalars";
import { standingOf } from "@snapdeck/core/backups/proof-standing";
import type { RestoreOrder, VerifyOrder } from "@snapdeck/core/ports/cluster";
import type { ClickHouseCluster } from "../src/clickhouse-cluster.ts";
import { aBackupOrder, anOrder, confirmedBy, EmbeddedHost, NEVER } from "./embedded-host.ts";
import { filesBelow } from "./store-tricks.ts";

/** A cluster with tables of each kind of file, and one backup of it that can be proven and damaged. */
export class ProofWorld implements AsyncDisposable {
  readonly host: EmbeddedHost;
  readonly cluster: ClickHouseCluster;
  #backupId: BackupId | undefined;

  private constructor(host: EmbeddedHost, cluster: ClickHouseCluster) {
    this.host = host;
    this.cluster = cluster;
  }

  static async start(): Promise<ProofWorld> {
    const host = await EmbeddedHost.start();
    await host.run(
      "CREATE DATABASE town",
      "CREATE TABLE town.wide (id UInt64, noise String) ENGINE = MergeTree ORDER BY id SETTINGS min_bytes_for_wide_part = 0",
      "INSERT INTO town.wide SELECT number, randomString(100) FROM numbers(50000)",
      "CREATE TABLE town.compact (id UInt64, word Nullable(String)) ENGINE = MergeTree PARTITION BY id % 4 ORDER BY id",
      "INSERT INTO town.compact SELECT number, if(number % 3 = 0, NULL, toString(number)) FROM numbers(10000)",
      "CREATE TABLE town.log (id UInt64, word LowCardinality(String)) ENGINE = Log",
      "INSERT INTO town.log SELECT number, 'w' FROM numbers(5000)",
      "CREATE VIEW town.ids AS SELECT id FROM town.wide",
    );
    return new ProofWorld(host, await host.cluster());
  }

  get backupId(): BackupId {
    if (this.#backupId === undefined) throw new Error("no backup was taken yet");
    return this.#backupId;
  }

  get backupFolder(): string {
    return join(this.host.storeRoot, "local", this.backupId);
  }

  get proofsFolder(): string {
    return join(this.backupFolder, "proofs");
  }

  /** Takes a new backup of the running cluster; from here on everything is about that one. */
  async backUp(): Promise<void> {
    if ((await this.host.host.status()).state !== "running") {
      await confirmedBy(this.cluster.lifecycle.resume(anOrder(), NEVER));
    }
    const order = aBackupOrder();
    await confirmedBy(this.cluster.systemBackups.backUp(order, NEVER));
    this.#backupId = order.backupId;
  }

  async suspend(): Promise<void> {
    await confirmedBy(this.cluster.lifecycle.suspend(anOrder(), NEVER));
  }

  verifyOrder(): VerifyOrder {
    return { ...anOrder(), backupId: this.backupId, level: "L2" };
  }

  verify(by: ClickHouseCluster = this.cluster): Promise<unknown> {
    return confirmedBy(by.systemBackups.verify(this.verifyOrder(), NEVER));
  }

  restoreOrder(acceptSuspect = false): RestoreOrder {
    return { ...anOrder(), backupId: this.backupId, acceptSuspect };
  }

  restore(order: RestoreOrder): Promise<unknown> {
    return confirmedBy(this.cluster.systemBackups.restore(order, NEVER));
  }

  async standing(by: ClickHouseCluster = this.cluster) {
    const { manifest, proofs } = await by.systemBackups.read(this.backupId);
    return standingOf(manifest.proof, proofs);
  }

  async proofs() {
    return (await this.cluster.systemBackups.read(this.backupId)).proofs;
  }

  /** The first file of the backup, in the order of their names, whose path matches. */
  async fileLike(pattern: RegExp): Promise<string> {
    const file = (await filesBelow(this.backupFolder)).sort().find((each) => pattern.test(each));
    if (file === undefined) throw new Error(`the backup holds no file like ${pattern}`);
    return file;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.host[Symbol.asyncDispose]();
  }
}

/** Makes one bit of a file another one, by default in its middle. */
export async function flip(file: string, at?: number): Promise<void> {
  const bytes = await readFile(file);
  const place = at ?? Math.floor(bytes.length / 2);
  bytes[place] = (bytes[place] ?? 0) ^ 0x10;
  await writeFile(file, bytes);
}

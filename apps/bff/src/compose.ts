import { randomBytes, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ClickHouseCluster } from "@snapdeck/cluster-clickhouse/clickhouse-cluster";
import { fileDestination } from "@snapdeck/cluster-clickhouse/sql";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Clock } from "@snapdeck/core/clock";
import { DirectoryStore } from "@snapdeck/object-store/directory-store";
import { checkStore } from "@snapdeck/store-checker/check-store";
import { PasswordHasher } from "./auth/password-hasher.ts";
import { buildServices } from "./build-services.ts";
import { composeStores } from "./compose-stores.ts";
import type { ClusterConfig, Config } from "./config.ts";
import { ConnectionCatalog } from "./connections/connection-catalog.ts";
import type { Checker } from "./jobs/store-check-work.ts";
import type { Log } from "./log.ts";
import { Sealer } from "./secrets/sealer.ts";
import { openSealingKey } from "./secrets/sealing-key.ts";
import { loadExampleData } from "./start/load-example-data.ts";
import { Opened } from "./start/opened.ts";
import { ensurePrivateDirectory } from "./start/private-directory.ts";
import { type Serving, serve } from "./start/serve.ts";
import { StartFailure, systemCode } from "./start/start-failure.ts";
import { openStateDatabase } from "./state/open-state-database.ts";

const clock: Clock = () => new Date().toISOString();

/** 80 random bits: no two attempts ever write to the same path. */
const newSuffix = () => randomBytes(10).toString("hex");

async function openStore(directory: string): Promise<DirectoryStore> {
  try {
    return await DirectoryStore.open(directory);
  } catch (error) {
    if (!(error instanceof SnapdeckError)) throw error;
    const hint = error.hint ?? "Name another directory, or change its rights.";
    throw new StartFailure("directory-unsafe", `${error.detail}; nothing was started. ${hint}`, error);
  }
}

async function readToken(file: string): Promise<string> {
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (error) {
    throw new StartFailure(
      "bad-config",
      `the host manager's token ${file} cannot be read (${systemCode(error) ?? "unknown error"}); nothing was started. Start the host manager first`,
      error,
    );
  }
}

async function openCluster(
  config: ClusterConfig,
  sealer: Sealer,
  connections: ConnectionCatalog,
): Promise<ClickHouseCluster> {
  return new ClickHouseCluster({
    id: config.id,
    name: config.name,
    host: { url: config.hostUrl, token: await readToken(config.hostTokenFile) },
    store: await openStore(config.storeRoot),
    engineStore: fileDestination,
    sealer,
    connections: connections.objects(config.id),
    clock,
    newSuffix,
    settings: { backupBandwidthBytesPerSecond: config.backupBandwidthBytesPerSecond },
  });
}

/** The independent checker, told where store, state and key are. */
function checkerOf({ cluster: { storeRoot }, keysDir, databaseUrl }: Config, sqliteFile: string): Checker {
  const state = databaseUrl === undefined ? { sqliteFile } : { databaseUrl };
  return ({ id: clusterId }, { bytes }, signal, onProgress) =>
    checkStore({ storeRoot, clusterId, state, keysDir, bytes }, signal, onProgress);
}

/**
 * Makes the running system out of its parts; read this to know what it is made of. Everything that was opened is closed again
 * when a later part fails.
 * @throws {StartFailure}
 */
export async function compose(config: Config, log: Log, version: string): Promise<Serving> {
  const opened = new Opened();
  try {
    const { url, setupUrl } = await open(config, log, version, opened);
    return { url, setupUrl, stop: () => opened.close() };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function open(config: Config, log: Log, version: string, opened: Opened): Promise<Serving> {
  const stateDir = ensurePrivateDirectory("state directory", config.stateDir);
  const sqliteFile = join(stateDir, "state.sqlite");
  const key = await openSealingKey(ensurePrivateDirectory("keys directory", config.keysDir));
  if (key.isNew)
    log.warn({ keyId: key.id }, "made a new sealing key; backups that another key signed cannot be restored");
  const database = await openStateDatabase(config.databaseUrl ?? sqliteFile);
  opened.add(() => database.close());
  const sealer = new Sealer(key);
  for (const root of config.cluster.databaseBackupRoots) ensurePrivateDirectory("directory of database backups", root);
  const stores = composeStores(config.cluster, sealer);
  const connections = new ConnectionCatalog({ db: database.db, sealer, clock, storesOf: () => stores });
  const cluster = await openCluster(config.cluster, sealer, connections);
  opened.add(() => cluster.close());
  const owner = `${process.pid}-${randomUUID()}`;
  const { verifyAfterBackup, keepPreviousDataHours } = config.cluster;
  const built = buildServices({
    database,
    clusters: [cluster],
    clock,
    newId: randomUUID,
    owner,
    log,
    verifyAfterBackup,
    keepPreviousDataHours,
    checker: checkerOf(config, sqliteFile),
    connections,
  });
  opened.add(() => built.stop());
  const { services, start } = built;
  const hasher = new PasswordHasher();
  const serving = await serve({ config, services, start, hasher, clock, newId: randomUUID, log, version });
  opened.add(() => serving.stop());
  if (config.cluster.loadExampleData) {
    const stopping = new AbortController();
    opened.add(() => stopping.abort());
    const parts = { services, clusterId: cluster.id, newId: randomUUID, log, signal: stopping.signal };
    loadExampleData(parts).catch((error: unknown) => {
      if (!stopping.signal.aborted) log.error({ err: error }, "example data could not be loaded");
    });
  }
  return serving;
}

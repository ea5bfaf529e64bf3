import { homedir } from "node:os";
import type { HostReady } from "@snapdeck/contract/host";
import { pino } from "pino";
import { createApi } from "./api.ts";
import { ClusterFile } from "./cluster-file.ts";
import { takeHostLock } from "./host-lock.ts";
import { HostManager } from "./host-manager.ts";
import { hostToken, rankPassword } from "./host-secrets.ts";
import { listen } from "./listen.ts";
import { ensurePrivateDirectory, refuseBackupRoot, refuseStoreRoot } from "./private-directory.ts";
import { ProcessRecords } from "./process-records.ts";
import { readConfig } from "./read-config.ts";
import { recover } from "./recover.ts";
import { EXIT_CODES, StartFailure } from "./start-failure.ts";

const { SNAPDECK_LOG_LEVEL: level = "info" } = process.env;
// Written at once: the last line before a death is the one that matters.
const destination = pino.destination({ dest: 2, sync: true });
// The cluster outlives whoever started it and read its output.
destination.on("error", () => undefined);
process.stdout.on("error", () => undefined);
process.stderr.on("error", () => undefined);
const log = pino({ level }, destination);

/** Starts everything, prints the ready line, and answers how to stop it all again. */
async function start(): Promise<() => Promise<void>> {
  const config = await readConfig(process.argv.slice(2));
  const clusterDir = ensurePrivateDirectory("data directory", config.clusterDir);
  const storeRoot = ensurePrivateDirectory("store", config.storeRoot);
  refuseStoreRoot(storeRoot, clusterDir, homedir());
  const backupRoots = config.backupRoots.map((root) => ensurePrivateDirectory("directory of database backups", root));
  for (const root of backupRoots) refuseBackupRoot(root, { clusterDir, storeRoot, home: homedir() });
  const lock = await takeHostLock(clusterDir);
  try {
    const file = await ClusterFile.open(clusterDir, config);
    const { token, tokenFile } = await hostToken(clusterDir);
    const records = new ProcessRecords(clusterDir);
    await recover({ clusterDir, file, records, log });
    const host = new HostManager({
      config,
      clusterDir,
      storeRoot,
      backupRoots,
      rankPassword: await rankPassword(clusterDir),
      file,
      records,
      log,
    });
    const server = createApi(host, token, log);
    const url = await listen(server, config.listenHost, config.port);
    await host.begin();
    const ready: HostReady = { ready: true, url, tokenFile, pid: process.pid };
    process.stdout.write(`${JSON.stringify(ready)}\n`);
    log.info({ url, clusterDir, storeRoot, ranks: config.ranks }, "the host manager serves");
    return async () => {
      server.close();
      server.closeAllConnections();
      await host.close();
      lock.release();
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

function endWithMessage(error: unknown): never {
  if (error instanceof StartFailure) {
    log.fatal({ reason: error.reason, exitCode: error.exitCode }, error.message);
    process.exit(error.exitCode);
  }
  log.fatal({ err: error }, "the host manager met a bug and ends; its ranks close their engines and end too");
  process.exit(EXIT_CODES.internal);
}

// Everything made from here on, by us and by the ranks, is for us alone.
process.umask(0o077);
process.on("uncaughtException", endWithMessage);
let close: (() => Promise<void>) | undefined;
let isStopping = false;
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, "stopping");
    // Whatever a start does may be cut off anywhere; the next one goes on with it.
    if (close === undefined) process.exit(signal === "SIGINT" ? 130 : 143);
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.fatal({ err: error }, "the stop failed; ranks end by themselves now");
        process.exit(EXIT_CODES.internal);
      },
    );
  });
}
start().then((started) => {
  close = started;
}, endWithMessage);

import { type FileHandle, lstat, mkdir, open, readFile, rm } from "node:fs/promises";
import type { Server } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { Engine } from "./engine.ts";
import { engineConfig } from "./engine-config.ts";
import { createHttpServer } from "./http-server.ts";
import { OpenFailure } from "./open-failure.ts";
import { PrivateFiles } from "./private-files.ts";
import type { RankCommand, RankFailureCode } from "./rank-messages.ts";
import { RunningQueries } from "./running-queries.ts";
import { MAX_STATEMENTS, StatementSlots, statementLimit } from "./statement-slots.ts";

type OpenOptions = Extract<RankCommand, { type: "open" }>;

/** How often the work in the background is counted while the rank drains. */
const DRAIN_POLL_MS = 100;
/** How long what was killed may take to go. The engine looks at it between blocks of rows. */
const KILL_MS = 10_000;

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
}

async function ensureWritable(path: string, code: RankFailureCode, what: string): Promise<void> {
  const probe = join(path, `.snapdeck-probe-${process.pid}`);
  let file: FileHandle | undefined;
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    if (!(await lstat(path)).isDirectory())
      throw new OpenFailure(code, `${what} ${path} is a link and no directory; it was not opened`);
    file = await open(probe, "wx", 0o600);
  } catch (error) {
    if (error instanceof OpenFailure) throw error;
    throw new OpenFailure(code, `${what} ${path} cannot be written (${codeOf(error)}); no data was changed`, {
      cause: error,
    });
  } finally {
    await file?.close();
    await rm(probe, { force: true }).catch(() => undefined);
  }
}

/** The process that the engine's own lock file names, if it lives and is another one. */
async function holderOf(dataDir: string): Promise<number | undefined> {
  const status = await readFile(join(dataDir, "status"), "utf8").catch(() => "");
  const pid = Number(/^PID: (\d+)/m.exec(status)?.[1]);
  if (!Number.isInteger(pid) || pid === process.pid) return undefined;
  try {
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    return codeOf(error) === "EPERM" ? pid : undefined;
  }
}

async function openEngine(dataDir: string, configPath: string): Promise<Engine> {
  // chdb does not say why it could not open; who holds the lock is asked before the engine writes its own name there.
  const holder = await holderOf(dataDir);
  try {
    return await Engine.open(dataDir, configPath);
  } catch (error) {
    if (error instanceof OpenFailure) throw error;
    if (holder !== undefined) {
      const detail = `the data directory ${dataDir} is in use by process ${holder}; nothing was touched`;
      throw new OpenFailure("data-dir-in-use", detail, { cause: error });
    }
    const detail = `the engine cannot open the data directory ${dataDir}; it was left as it is. Restore a backup, or look at its files`;
    throw new OpenFailure("data-dir-corrupt", detail, { cause: error });
  }
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      const detail = `cannot listen on ${host}, port ${port} (${codeOf(error)}); no data was touched`;
      reject(new OpenFailure("port-in-use", detail, { cause: error }));
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

/** An open rank: one engine on one data directory, answering ClickHouse's HTTP interface. */
export class Rank {
  readonly port: number;
  readonly engineVersion: string;
  readonly #engine: Engine;
  readonly #server: Server;
  readonly #running: RunningQueries;
  readonly #close: { refuse: (reason: string) => void };

  private constructor(
    port: number,
    engine: Engine,
    server: Server,
    running: RunningQueries,
    close: { refuse: (reason: string) => void },
  ) {
    this.port = port;
    this.engineVersion = engine.version;
    this.#engine = engine;
    this.#server = server;
    this.#running = running;
    this.#close = close;
  }

  /** Throws an OpenFailure, and leaves nothing open then. */
  static async open(options: OpenOptions, logger: Logger): Promise<Rank> {
    await ensureWritable(options.dataDir, "data-dir-unwritable", "the data directory");
    await ensureWritable(options.storeRoot, "store-unwritable", "the store");
    const displayName = `snapdeck-rank-${options.rank}${options.mode === "maintenance" ? " (maintenance)" : ""}`;
    const { storeRoot, backupRoots = [], memoryLimitBytes } = options;
    for (const root of backupRoots) await ensureWritable(root, "store-unwritable", "the directory of database backups");
    const memory = memoryLimitBytes === undefined ? {} : { memoryLimitBytes };
    const files = PrivateFiles.make((usersPath) =>
      engineConfig({ storeRoot, backupRoots, displayName, usersPath, ...memory }),
    );
    process.on("exit", () => files.remove());
    const engine = await openEngine(options.dataDir, files.configPath);
    try {
      const limit = statementLimit();
      logger.info({ rank: options.rank, engineVersion: engine.version, statements: limit }, "engine open");
      if (limit < MAX_STATEMENTS) logger.warn({ statements: limit }, "too few threads: RANK_ENVIRONMENT was not given");
      const running = new RunningQueries(engine);
      const timezone = Buffer.from((await engine.control("SELECT timezone()")).bytes)
        .toString()
        .trim();
      let refusal: string | undefined;
      const server = createHttpServer({
        ...{ engine, files, running, logger },
        slots: new StatementSlots(limit),
        facts: { engineVersion: engine.version, displayName, timezone },
        credentials: { username: options.username, password: options.password },
        refusal: () => refusal,
      });
      const port = await listen(server, options.listenHost, options.port);
      const refuse = (reason: string) => {
        refusal = `Rank ${options.rank} takes no statements: ${reason}`;
      };
      return new Rank(port, engine, server, running, { refuse });
    } catch (error) {
      await engine.close();
      throw error;
    }
  }

  /**
   * Takes no new statements, waits until `deadline` for those that run and for backups in the background, cancels the rest.
   * Answers how many were canceled. `onQueriesLeft` is called at the start and whenever the number changes.
   */
  async drain(timeoutMs: number, onQueriesLeft: (queriesLeft: number) => void): Promise<number> {
    this.#close.refuse("it is being suspended");
    if (await this.#waitUntilQuiet(timeoutMs, onQueriesLeft)) return 0;
    const canceled = await this.#running.cancelAll();
    await this.#waitUntilQuiet(KILL_MS, onQueriesLeft);
    return canceled;
  }

  /**
   * Cancels what runs, closes every connection and the engine. Answers false when something does not let itself be canceled:
   * then the engine is still open, and closing it would wait as long as that takes.
   */
  async stop(): Promise<boolean> {
    this.#close.refuse("it is being stopped");
    await this.#running.cancelAll();
    const isQuiet = await this.#waitUntilQuiet(KILL_MS, () => undefined);
    this.#server.close();
    this.#server.closeAllConnections();
    if (isQuiet) await this.#engine.close();
    return isQuiet;
  }

  async #waitUntilQuiet(timeoutMs: number, onQueriesLeft: (queriesLeft: number) => void): Promise<boolean> {
    const deadline = performance.now() + timeoutMs;
    let told: number | undefined;
    for (;;) {
      const left = this.#running.requests + (await this.#running.backgroundOperations());
      if (left !== told) onQueriesLeft(left);
      told = left;
      if (left === 0) return true;
      const restMs = deadline - performance.now();
      if (restMs <= 0) return false;
      const changed = new Promise<void>((resolve) => this.#running.onChange(resolve));
      await Promise.race([changed, sleep(Math.min(DRAIN_POLL_MS, restMs))]);
    }
  }
}

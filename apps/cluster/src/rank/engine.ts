import type { Session } from "chdb";
import { engineErrorOf } from "./engine-error.ts";
import { OpenFailure } from "./open-failure.ts";
import { idleSessionRelease } from "./release-session.ts";

type Chdb = typeof import("chdb");

/** What an answer of the engine says besides its bytes. For an INSERT from a file, `rowsRead` is what was written. */
export type EngineResult = { bytes: Uint8Array; rowsRead: number; bytesRead: number; elapsedMs: number };

async function loadChdb(): Promise<Chdb> {
  try {
    return await import("chdb");
  } catch (error) {
    throw new OpenFailure(
      "engine-missing",
      "the engine's library is missing or does not fit this machine (Linux x64 or arm64 with glibc, or macOS); no data was touched",
      { cause: error },
    );
  }
}

/** One connection to the engine, with settings and a current database of its own. It runs one statement at a time. */
export class EngineSession {
  readonly #session: Session;
  readonly #release: (session: Session) => void;

  constructor(session: Session, release: (session: Session) => void) {
    this.#session = session;
    this.#release = release;
  }

  /** Throws an EngineError. There is no way to stop it from here: see RunningQueries. */
  async run(sql: string, format = "TabSeparated"): Promise<EngineResult> {
    try {
      const result = await this.#session.queryAsync(sql, { format });
      const { rowsRead, bytesRead } = result;
      return { bytes: result.bytes(), rowsRead, bytesRead, elapsedMs: result.elapsed * 1000 };
    } catch (error) {
      throw engineErrorOf(error);
    }
  }

  /** Only when nothing runs on it. */
  close(): void {
    this.#release(this.#session);
  }
}

/**
 * The ClickHouse engine of this process on its one data directory. It is open as long as one session is, so the engine keeps a
 * session of its own.
 */
export class Engine {
  readonly version: string;
  readonly #open: () => EngineSession;
  readonly #keeper: EngineSession;
  readonly #drainPending: () => Promise<void>;

  private constructor(version: string, open: () => EngineSession, keeper: EngineSession, drain: () => Promise<void>) {
    this.version = version;
    this.#open = open;
    this.#keeper = keeper;
    this.#drainPending = drain;
  }

  /** Throws an OpenFailure, or whatever the engine says of a data directory that it cannot open. */
  static async open(dataDir: string, configPath: string): Promise<Engine> {
    const chdb = await loadChdb();
    const release = idleSessionRelease();
    const connectionArgs = [`--config-file=${configPath}`];
    const open = () => new EngineSession(new chdb.Session(dataDir, { connectionArgs }), release);
    const keeper = open();
    const version = Buffer.from((await keeper.run("SELECT version()")).bytes)
      .toString()
      .trim();
    return new Engine(version, open, keeper, () => chdb.drainPending());
  }

  /**
   * A fresh session: nothing that one request sets, uses or makes temporary can be seen by another. It costs about a
   * millisecond; a session that is used again could not be cleaned.
   */
  session(): EngineSession {
    return this.#open();
  }

  /** Runs a statement of the rank itself, beside those of users: it needs no slot. They run one after the other. */
  control(sql: string, format?: string): Promise<EngineResult> {
    return this.#keeper.run(sql, format);
  }

  /** Waits for everything that still runs inside, then lets go of the data directory. */
  async close(): Promise<void> {
    await this.#drainPending();
    this.#keeper.close();
  }
}

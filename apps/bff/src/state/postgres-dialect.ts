import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  type TransactionSettings,
} from "kysely";
import type pg from "pg";
import { connectionFailure, stateFailure } from "./postgres-failure.ts";
import { isStateUnavailable } from "./transactions.ts";

/**
 * PostgreSQL for Kysely over a pool, with failures as the rest of the server knows them. Kysely's own driver gives a connection back as
 * if it were sound, also after a query that nobody answered; here, one that failed in that way is closed.
 */
export class StatePostgresDialect implements Dialect {
  readonly #pool: pg.Pool;
  readonly #answersWithinMs: number;

  /** @param answersWithinMs how long a query may take, on the wire and back, before the connection counts as dead */
  constructor(pool: pg.Pool, answersWithinMs: number) {
    this.#pool = pool;
    this.#answersWithinMs = answersWithinMs;
  }

  createDriver(): Driver {
    return new StateDriver(this.#pool, this.#answersWithinMs);
  }

  createAdapter(): PostgresAdapter {
    return new PostgresAdapter();
  }

  createIntrospector(db: Kysely<unknown>): PostgresIntrospector {
    return new PostgresIntrospector(db);
  }

  createQueryCompiler(): PostgresQueryCompiler {
    return new PostgresQueryCompiler();
  }
}

class StateDriver implements Driver {
  readonly #pool: pg.Pool;
  readonly #answersWithinMs: number;
  readonly #taken = new WeakMap<DatabaseConnection, StateConnection>();

  constructor(pool: pg.Pool, answersWithinMs: number) {
    this.#pool = pool;
    this.#answersWithinMs = answersWithinMs;
  }

  async init(): Promise<void> {
    // The pool connects when it is asked to.
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    try {
      const connection = new StateConnection(await this.#pool.connect(), this.#answersWithinMs);
      this.#taken.set(connection, connection);
      return connection;
    } catch (error) {
      throw connectionFailure(error);
    }
  }

  async beginTransaction(connection: DatabaseConnection, { isolationLevel, accessMode }: TransactionSettings) {
    const isolation = isolationLevel === undefined ? "" : ` isolation level ${isolationLevel}`;
    await connection.executeQuery(
      CompiledQuery.raw(`begin${isolation}${accessMode === undefined ? "" : ` ${accessMode}`}`),
    );
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("commit"));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("rollback"));
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    this.#taken.get(connection)?.release();
  }

  async destroy(): Promise<void> {
    await this.#pool.end();
  }
}

class StateConnection implements DatabaseConnection {
  readonly #client: pg.PoolClient;
  readonly #answersWithinMs: number;
  #broken: unknown;

  constructor(client: pg.PoolClient, answersWithinMs: number) {
    this.#client = client;
    this.#answersWithinMs = answersWithinMs;
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    // Nothing more goes to a connection that failed, a rollback neither: closing it is one.
    if (this.#broken !== undefined) throw this.#broken;
    try {
      const { rows, rowCount } = await this.#answered(this.#client.query(sql, [...parameters]));
      return { rows, numAffectedRows: BigInt(rowCount ?? 0) };
    } catch (error) {
      const failure = stateFailure(error);
      if (isStateUnavailable(failure)) this.#broken = failure;
      throw failure;
    }
  }

  // biome-ignore lint/correctness/useYield: Kysely asks for it, and nobody here streams.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new TypeError("rows of the state database are not streamed");
  }

  release(): void {
    this.#client.release(this.#broken !== undefined);
  }

  async #answered<T>(answer: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`no answer within ${this.#answersWithinMs} ms`)),
        this.#answersWithinMs,
      );
    });
    // Whatever comes of it after the silence is nobody's.
    answer.catch(() => undefined);
    try {
      return await Promise.race([answer, silence]);
    } finally {
      clearTimeout(timer);
    }
  }
}

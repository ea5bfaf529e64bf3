import { fileURLToPath } from "node:url";
import { afterAll, beforeAll } from "vitest";

/** Taken by its path: this package may not import an application. */
const POSTGRES_SERVER = fileURLToPath(new URL("../../apps/bff/tests/postgres/postgres-server.ts", import.meta.url));

/** A PostgreSQL of its own, with its own directory and port on loopback. */
export type Postgres = {
  /** The address of a new empty database. */
  freshDatabase(): Promise<string>;
  /** Runs statements as the administrator. */
  query(database: string, sql: string): Promise<{ rows: unknown[] }>;
  /** Starts it again, on the port that it had. */
  start(): Promise<void>;
  /** SIGKILL for it and all its processes. */
  crash(): Promise<void>;
  /** Makes it and all its processes stand still, or go on. */
  freeze(signal: "SIGSTOP" | "SIGCONT"): void;
  remove(): Promise<void>;
};

/** A PostgreSQL that runs for the cases of a file. Answers how to get at it. */
export function postgresForCases(): () => Postgres {
  let server: Postgres | undefined;
  beforeAll(async () => {
    const { PostgresServer } = await import(POSTGRES_SERVER);
    server = await PostgresServer.start();
  });
  afterAll(() => server?.remove());
  return () => {
    if (server === undefined) throw new Error("PostgreSQL is started before the cases");
    return server;
  };
}

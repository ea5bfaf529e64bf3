import { afterAll, beforeAll, onTestFinished } from "vitest";
import { openStateDatabase } from "../../src/state/open-state-database.ts";
import type { StateDatabase } from "../../src/state/state-database.ts";
import { PostgresServer } from "./postgres-server.ts";

/** A PostgreSQL for the tests of this file, and what they need of it. */
export function postgresForTests() {
  let server: PostgresServer | undefined;
  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  afterAll(() => server?.remove());
  const running = () => {
    if (server === undefined) throw new Error("PostgreSQL is started before the tests");
    return server;
  };
  return {
    server: running,
    /** The URL of a new empty database. */
    freshDatabase: () => running().freshDatabase(),
    /** A state database of its own, closed after the test. */
    freshState: async () => openForTest(await running().freshDatabase()),
  };
}

/** One more process's view of a state database; closed after the test. */
export async function openForTest(url: string): Promise<StateDatabase> {
  const database = await openStateDatabase(url);
  onTestFinished(() => database.close());
  return database;
}

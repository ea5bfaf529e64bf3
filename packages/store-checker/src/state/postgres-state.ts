import pg from "pg";
import { type StateReader, stateUnreadable } from "./state-reader.ts";

const CONNECT_MS = 10_000;

/**
 * Reads a state on PostgreSQL in one read-only transaction that sees one moment.
 * @throws {SnapdeckError} `store-unavailable`, without the address: it may hold a password
 */
export async function readPostgresState<T>(databaseUrl: string, use: (reader: StateReader) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: CONNECT_MS });
  // A connection that is lost says so to whoever waits for a row; without a listener it would end the process too.
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
  } catch (thrown) {
    await client.end().catch(() => undefined);
    throw stateUnreadable("on PostgreSQL", thrown);
  }
  try {
    return await use({
      async rows(query, ...parameters) {
        let count = 0;
        const numbered = query.replaceAll("?", () => `$${++count}`);
        try {
          return (await client.query(numbered, [...parameters])).rows;
        } catch (thrown) {
          throw stateUnreadable("on PostgreSQL", thrown);
        }
      },
    });
  } finally {
    await client.end().catch(() => undefined);
  }
}

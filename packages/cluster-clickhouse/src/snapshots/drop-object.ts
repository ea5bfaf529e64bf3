import type { RankClient } from "../rank-client.ts";
import { quoteTable } from "../sql.ts";
import type { Place } from "./restore-ddl.ts";
import { tableAt } from "./restore-live.ts";

/** What is dropped may be needed by others, and may be large. */
const ANYTHING = { check_table_dependencies: 0, max_table_size_to_drop: 0, max_partition_size_to_drop: 0 };

/** Drops a table, a view or a dictionary for good, as the engine wants each to be dropped; nothing where nothing is. */
export async function dropObject(client: RankClient, { database, name }: Place, doing: string): Promise<void> {
  const found = await tableAt(client, { database, name });
  if (found === undefined) return;
  const kind = found.engine === "Dictionary" ? "DICTIONARY" : "TABLE";
  await client.run(doing, `DROP ${kind} IF EXISTS ${quoteTable(database, name)} SYNC`, {
    settings: ANYTHING,
    timeoutMs: "long",
  });
}

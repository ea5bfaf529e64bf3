import { createHash } from "node:crypto";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { z } from "zod";
import type { RankClient } from "../rank-client.ts";
import { quoteTable, STAGING_PREFIX } from "../sql.ts";
import { dropObject } from "./drop-object.ts";
import { createAt, type Place, parseCreate } from "./restore-ddl.ts";
import { tableAt } from "./restore-live.ts";

const TextRow = z.object({ ddl: z.string(), engine: z.string() });
const SELECT_TEXT = `SELECT create_table_query AS ddl, engine FROM system.tables
  WHERE database = {database:String} AND name = {name:String}`;
const SECRETS = { format_display_secrets_in_show_and_select: 1 };
/** Folding rows while they are copied would make them others. */
const AS_IT_IS = { optimize_on_insert: 0, max_partitions_per_insert_block: 0 };
const MOVING = { check_table_dependencies: 0 };

/** Engines whose tables hold no rows of their own. */
const ROWLESS = new Set(["View", "Dictionary", "Distributed", "Merge", "Null", "Alias"]);

/**
 * Moves what stands at `from` to another schema. The engine cannot rename out of every schema, nor views with their rows; those are copied
 * under a name of ours first, so that a copy that was cut off is never taken for one that is whole.
 */
export async function moveAside(
  client: RankClient,
  from: Place,
  to: Place & { readonly canRename: boolean },
): Promise<void> {
  if (to.canRename) {
    await client.run("moving aside", `RENAME TABLE ${quoted(from)} TO ${quoted(to)}`, { settings: MOVING });
    return;
  }
  if ((await tableAt(client, to)) === undefined) await copy(client, from, to);
  await dropObject(client, from, "letting go of what was moved aside");
}

async function copy(client: RankClient, from: Place, to: Place): Promise<void> {
  const [found] = await client.rows("reading a definition", TextRow, SELECT_TEXT, { params: from, settings: SECRETS });
  if (found === undefined) return;
  if (found.ddl.includes("[HIDDEN]")) {
    throw new SnapdeckError(
      "not-supported",
      `${from.database}.${from.name} cannot be moved to ${to.database}, because the engine hides its secrets from Snapdeck`,
      { hint: "Move it by hand; the restore is finished then." },
    );
  }
  // Not its own name, which may be as long as names can be.
  const digest = createHash("sha256").update(to.name).digest("hex").slice(0, 16);
  const unready = { database: to.database, name: `${STAGING_PREFIX}${digest}` };
  await dropObject(client, unready, "clearing away");
  const here = (place: Place) => (place.database === from.database && place.name === from.name ? to : undefined);
  await client.run("copying", createAt(parseCreate(found.ddl, from), unready, here), { settings: MOVING });
  const writesElsewhere =
    found.engine === "MaterializedView" && / TO (?!DISK|VOLUME)/.test(found.ddl.split("(")[0] ?? "");
  if (!ROWLESS.has(found.engine) && !writesElsewhere) {
    await client.run("copying", `INSERT INTO ${quoted(unready)} SELECT * FROM ${quoted(from)}`, {
      settings: AS_IT_IS,
      timeoutMs: "long",
    });
  }
  await client.run("copying", `RENAME TABLE ${quoted(unready)} TO ${quoted(to)}`, { settings: MOVING });
}

function quoted({ database, name }: Place): string {
  return quoteTable(database, name);
}

import type { Definition, Manifest } from "@snapdeck/contract/manifest";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { z } from "zod";
import type { Sealer } from "./cluster-parts.ts";
import { shortMessage } from "./engine-error.ts";
import type { RankClient } from "./rank-client.ts";
import { createOrReplaceFunction, dropNamedCollection, SELECT_FUNCTIONS, SELECT_NAMED_COLLECTIONS } from "./sql.ts";

type LeftOut = NonNullable<Manifest["ranks"][number]["leftOut"]>;

const FunctionRow = z.object({ name: z.string(), create_query: z.string() });
/** Columns that older engines do not have are optional. */
const CollectionRow = z.object({
  name: z.string(),
  create_query: z.string().optional(),
  source: z.string().optional(),
});

/** The engine shows secrets to a user who may see them, and who asks for it. */
const SHOW_SECRETS = { format_display_secrets_in_show_and_select: 1 };

/**
 * DDL that BACKUP leaves out: SQL functions and named collections. Named collections may hold secrets, so their DDL is sealed
 * before it leaves this function. One whose secrets the engine hides from us is told as left out.
 */
export async function readDefinitions(
  client: Pick<RankClient, "rows">,
  sealer: Sealer,
): Promise<{ definitions: Definition[]; leftOut: LeftOut }> {
  const functions = await client.rows("listing its functions", FunctionRow, SELECT_FUNCTIONS);
  const definitions: Definition[] = functions.map(({ name, create_query }) => ({
    kind: "function",
    name,
    ddl: create_query,
  }));
  const leftOut: LeftOut = [];
  for (const { name, create_query, source } of await readCollections(client, leftOut)) {
    // Those of the server's own configuration come with it.
    if (source === "CONFIG") continue;
    if (create_query === undefined || create_query.includes("[HIDDEN]")) {
      leftOut.push({ what: "named-collection", name, reason: "the engine does not show its secrets to Snapdeck" });
      continue;
    }
    definitions.push({ kind: "named-collection", name, sealedDdl: await sealer.seal(create_query) });
  }
  return { definitions, leftOut };
}

async function readCollections(
  client: Pick<RankClient, "rows">,
  leftOut: LeftOut,
): Promise<z.infer<typeof CollectionRow>[]> {
  try {
    return await client.rows("listing its named collections", CollectionRow, SELECT_NAMED_COLLECTIONS, {
      settings: SHOW_SECRETS,
    });
  } catch (thrown) {
    if (!(thrown instanceof SnapdeckError) || thrown.code !== "engine-failed") throw thrown;
    leftOut.push({ what: "named-collection", name: "all", reason: shortMessage(thrown.detail) });
    return [];
  }
}

/**
 * Puts definitions back, replacing what stands under their names. What is executed comes from a manifest whose signature was
 * checked, and must begin as the engine prints such a definition.
 */
export async function putBackDefinitions(
  client: Pick<RankClient, "run">,
  sealer: Sealer,
  definitions: readonly Definition[],
): Promise<void> {
  for (const definition of definitions) {
    if (definition.kind === "function") {
      assertBegins(definition.ddl, "CREATE FUNCTION ");
      await client.run(`creating function ${definition.name}`, createOrReplaceFunction(definition.ddl));
      continue;
    }
    const ddl = await unsealDdl(sealer, definition);
    assertBegins(ddl, "CREATE NAMED COLLECTION ");
    await client.run(`replacing named collection ${definition.name}`, dropNamedCollection(definition.name));
    await client.run(`creating named collection ${definition.name}`, ddl);
  }
}

async function unsealDdl(
  sealer: Sealer,
  { name, sealedDdl }: Extract<Definition, { kind: "named-collection" }>,
): Promise<string> {
  try {
    return await sealer.unseal(sealedDdl);
  } catch (cause) {
    throw new SnapdeckError(
      "backup-unusable",
      `named collection ${name} was sealed with a key that this console does not have; nothing was changed`,
      { hint: "Restore with the console, or the key, that took the backup.", cause },
    );
  }
}

function assertBegins(ddl: string, beginning: string): void {
  if (ddl.startsWith(beginning)) return;
  throw new SnapdeckError("backup-unusable", "the manifest holds a definition of a kind that is not put back");
}

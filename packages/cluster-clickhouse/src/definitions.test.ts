import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { putBackDefinitions, readDefinitions } from "./definitions.ts";

/** Seals so that a test can see what was sealed. */
const SEALER = { seal: (text: string) => `sealed<${text}>`, unseal: (text: string) => text.slice(7, -1) };

/** As chdb 3.4.0 answers a user who may see secrets, and one who may not. */
const SHOWN = {
  name: "nc",
  collection: { password: "sek'r\\et", url: "http://x" },
  source: "SQL",
  create_query:
    "CREATE NAMED COLLECTION nc AS password = 'sek\\'r\\\\et' OVERRIDABLE, url = 'http://x' NOT OVERRIDABLE",
};
const HIDDEN = { ...SHOWN, create_query: "CREATE NAMED COLLECTION nc AS password = '[HIDDEN]', url = '[HIDDEN]'" };
const FUNCTION = { name: "lin", create_query: "CREATE FUNCTION lin AS (x, k) -> ((x * k) + 1)" };

function aRank(collections: readonly unknown[] | Error) {
  const ran: string[] = [];
  return {
    ran,
    rows: async <T>(_: string, row: z.ZodType<T>, query: string): Promise<T[]> => {
      if (!query.includes("named_collections")) return row.array().parse([FUNCTION]);
      if (collections instanceof Error) throw collections;
      return row.array().parse(collections);
    },
    run: async (_: string, query: string) => {
      ran.push(query);
    },
  };
}

describe("Definitions that the engine's backup leaves out", () => {
  test("come along, those with secrets sealed", async () => {
    expect(await readDefinitions(aRank([SHOWN]), SEALER)).toEqual({
      definitions: [
        { kind: "function", name: "lin", ddl: FUNCTION.create_query },
        { kind: "named-collection", name: "nc", sealedDdl: `sealed<${SHOWN.create_query}>` },
      ],
      leftOut: [],
    });
  });

  test("are told as left out when the engine hides their secrets", async () => {
    const { definitions, leftOut } = await readDefinitions(aRank([HIDDEN]), SEALER);
    expect(definitions.map(({ name }) => name)).toEqual(["lin"]);
    expect(leftOut).toMatchObject([{ what: "named-collection", name: "nc" }]);
  });

  test("are told as left out when the engine does not list them at all", async () => {
    const denied = new SnapdeckError("engine-failed", "rank 0 answered: Not enough privileges");
    expect((await readDefinitions(aRank(denied), SEALER)).leftOut).toMatchObject([{ name: "all" }]);
  });

  test("of the server's own configuration stay with the server", async () => {
    const { definitions, leftOut } = await readDefinitions(aRank([{ ...SHOWN, source: "CONFIG" }]), SEALER);
    expect(definitions).toHaveLength(1);
    expect(leftOut).toEqual([]);
  });

  test("are put back in the place of what stands under their names", async () => {
    const rank = aRank([SHOWN]);
    await putBackDefinitions(rank, SEALER, (await readDefinitions(rank, SEALER)).definitions);
    expect(rank.ran).toEqual([
      "CREATE OR REPLACE FUNCTION lin AS (x, k) -> ((x * k) + 1)",
      "DROP NAMED COLLECTION IF EXISTS `nc`",
      SHOWN.create_query,
    ]);
  });

  test("of another kind are not executed", async () => {
    const rank = aRank([]);
    const hostile = [{ kind: "function", name: "x", ddl: "DROP DATABASE shop" }] as const;
    await expect(putBackDefinitions(rank, SEALER, hostile)).rejects.toMatchObject({ code: "backup-unusable" });
    expect(rank.ran).toEqual([]);
  });
});

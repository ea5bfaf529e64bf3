import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { faults } from "../cases.ts";
import { filesOf } from "../damage.ts";
import { type Engine, truth } from "./engine.ts";

/** Two tables of equal rows in the end, of which the base holds another share each: what deduplication gets wrong. */
async function logTables(engine: Engine): Promise<void> {
  for (const table of ["one", "two"])
    await engine.run(`CREATE TABLE truth.${table} (id UInt64, text String) ENGINE = Log`);
  const add = (table: string, from: number) =>
    engine.run(`INSERT INTO truth.${table} SELECT number + ${from}, toString(cityHash64(number)) FROM numbers(1000)`);
  await add("one", 0);
  await engine.operation(`BACKUP DATABASE truth TO ${engine.file("base")}`);
  await add("one", 1_000);
  await add("two", 0);
  await add("two", 1_000);
}

/** Rows of both tables after the incremental backup `i` was restored; what cannot be read is told as such. */
async function rowsRestored(engine: Engine): Promise<string> {
  const { status, error } = await engine.operation(`RESTORE DATABASE truth AS truth_r FROM ${engine.file("i")}`);
  if (status !== "RESTORED") return error.slice(0, 80);
  const rows: string[] = [];
  for (const table of ["one", "two"]) {
    const scan = engine.value(`SELECT count(cityHash64(*)) FROM truth_r.${table}`);
    rows.push(await scan.catch(() => "unreadable"));
  }
  await engine.run("DROP DATABASE truth_r");
  return rows.join(" and ");
}

faults("F: chains of backups, of which we make none", {}, [
  ...([1, 0] as const).map((deduplicate) =>
    truth(
      {
        id: `F4-dedup-${deduplicate}`,
        row: "F4",
        title:
          deduplicate === 1
            ? "an incremental BACKUP of Log tables restores wrong rows and says RESTORED. We take full backups only"
            : "with deduplicate_files = 0 the same rows come back. We always send it",
      },
      async (engine) => {
        await logTables(engine);
        const { status } = await engine.operation(
          `BACKUP DATABASE truth TO ${engine.file("i")}`,
          `base_backup = ${engine.file("base")}`,
          `deduplicate_files = ${deduplicate}`,
        );
        expect(status).toBe("BACKUP_CREATED");
        const rows = await rowsRestored(engine);
        if (deduplicate === 0) expect(rows).toBe("2000 and 2000");
        else expect(rows).not.toBe("2000 and 2000");
        return rows;
      },
    ),
  ),
  truth(
    {
      id: "F7-base",
      row: "F7",
      title:
        "an incremental BACKUP on a base that lost a file ends in BACKUP_CREATED and cannot be restored. We take full backups only",
    },
    async (engine) => {
      await engine.makeTable("t", 1_000);
      await engine.operation(`BACKUP TABLE truth.t TO ${engine.file("base")}`);
      const [rows = ""] = filesOf(engine.place("base"), "rows");
      rmSync(join(engine.place("base"), rows));
      const { status } = await engine.operation(
        `BACKUP TABLE truth.t TO ${engine.file("i")}`,
        `base_backup = ${engine.file("base")}`,
      );
      const restored = await engine.operation(`RESTORE TABLE truth.t AS truth.r FROM ${engine.file("i")}`);
      expect([status, restored.status]).toEqual(["BACKUP_CREATED", "RESTORE_FAILED"]);
      return `${status}, then ${restored.status}`;
    },
  ),
  truth(
    {
      id: "F8-names",
      row: "F8",
      title:
        "an incremental BACKUP keeps its base by the name it was given. All our names are relative to the store, which can be moved",
    },
    async (engine) => {
      await engine.makeTable("t", 10);
      await engine.operation(`BACKUP TABLE truth.t TO ${engine.file("base")}`);
      const bases: string[] = [];
      for (const [name, base] of [
        ["relative", engine.file("base")],
        ["absolute", `File('${engine.place("base")}')`],
      ] as const) {
        await engine.operation(`BACKUP TABLE truth.t TO ${engine.file(name)}`, `base_backup = ${base}`);
        const [, kept = ""] =
          readFileSync(engine.place(`${name}/.backup`), "utf8").match(/<base_backup>(.*?)<\/base_backup>/) ?? [];
        bases.push(kept);
      }
      expect(bases).toEqual([engine.file("base"), `File('${engine.place("base")}')`]);
      return "as it was given, both times";
    },
  ),
]);

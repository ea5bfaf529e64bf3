import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { faults } from "../cases.ts";
import { Chance } from "../chance.ts";
import { damage } from "../damage.ts";
import { type Engine, truth } from "./engine.ts";

/** A backup of `truth.t`, of so many rows. */
async function backedUp(engine: Engine, rows = 1_000): Promise<void> {
  await engine.makeTable("t", rows);
  expect((await engine.operation(`BACKUP TABLE truth.t TO ${engine.file("b")}`)).status).toBe("BACKUP_CREATED");
}

const restored = (engine: Engine) => engine.operation(`RESTORE TABLE truth.t AS truth.r FROM ${engine.file("b")}`);

function edit(file: string, change: (text: string) => string): void {
  const text = readFileSync(file, "utf8");
  const changed = change(text);
  if (changed === text) throw new Error(`there was nothing to change in ${file}`);
  writeFileSync(file, changed);
}

faults("F: what RESTORE and BACKUP do not look at", {}, [
  truth(
    {
      id: "F2-flip",
      row: "F2",
      title:
        "RESTORE of changed bytes ends in RESTORED with the right count(); only a scan fails. We read all bytes first and scan all after",
    },
    async (engine) => {
      await backedUp(engine);
      // In the middle: a flip in the header of a block would be met sooner.
      const { path } = damage(engine.place("b"), "rows", "flip", new Chance(1), "");
      const { status } = await restored(engine);
      expect([status, await engine.value("SELECT count() FROM truth.r")]).toEqual(["RESTORED", "1000"]);
      const scan = await engine.failure("SELECT sum(cityHash64(*)) FROM truth.r FORMAT Null");
      return `${status}; ${path}: ${scan.slice(0, 60)}`;
    },
  ),
  truth(
    {
      id: "F9-sql",
      row: "F9",
      title:
        "RESTORE executes SQL that was edited in the backup. We check a signed hash of it before the engine sees it",
    },
    async (engine) => {
      await backedUp(engine);
      edit(engine.place("b/metadata/truth/t.sql"), (sql) => sql.replace("`id` UInt64", "`id` UInt64 COMMENT 'edited'"));
      const { status } = await restored(engine);
      const comment = await engine.value(
        "SELECT comment FROM system.columns WHERE database = 'truth' AND table = 'r' AND name = 'id'",
      );
      expect([status, comment]).toEqual(["RESTORED", "edited"]);
      return `${status} with the edited definition`;
    },
  ),
  truth(
    {
      id: "F10-path",
      row: "F10",
      title:
        "RESTORE follows a file name with fewer .. than its depth out of its part (fixed upstream in 26.7.7.23). We refuse every name that is not normal",
    },
    async (engine) => {
      await backedUp(engine);
      const part = readdirSync(engine.place("b/data/truth/t"))[0] ?? "";
      copyFileSync(engine.place(`b/data/truth/t/${part}/columns.txt`), engine.place("b/data/truth/t/planted.txt"));
      edit(engine.place("b/.backup"), (xml) => {
        const [columns = ""] = xml.match(/<file>(?:(?!<\/file>)[\s\S])*columns\.txt<\/name>[\s\S]*?<\/file>/) ?? [];
        return xml.replace(columns, `${columns}${columns.replace("/columns.txt<", "/../planted.txt<")}`);
      });
      const { status, error } = await restored(engine);
      const [written = ""] = (
        await engine.rows<{ path: string }>("SELECT path FROM system.parts WHERE database = 'truth' AND table = 'r'")
      ).map(({ path }) => join(path, "../planted.txt"));
      return `${status}${error === "" ? "" : `: ${error.slice(0, 120)}`}; written outside of the part: ${existsSync(written)}`;
    },
  ),
  truth(
    {
      id: "F12-link",
      row: "F12",
      title: "BACKUP follows a link in the store out of it. We let nothing in the store be a link",
    },
    async (engine, world) => {
      const outside = join(world.stack.servers.home, "tmp/outside");
      mkdirSync(outside, { mode: 0o700 });
      try {
        symlinkSync(outside, engine.place("link"));
        await engine.makeTable("t", 10);
        const { status } = await engine.operation(`BACKUP TABLE truth.t TO ${engine.file("link/b")}`);
        expect([status, existsSync(join(outside, "b/.backup"))]).toEqual(["BACKUP_CREATED", true]);
        return `${status} outside of the store`;
      } finally {
        rmSync(outside, { recursive: true, force: true });
      }
    },
  ),
  truth(
    {
      id: "F14-progress",
      row: "F14",
      title: "the counters of bytes read stay 0 in a BACKUP. We show what was written against what was planned",
    },
    async (engine) => {
      await engine.makeTable("t", 1_000);
      const { status, bytes_read, files_read, uncompressed_size } = await engine.operation(
        `BACKUP TABLE truth.t TO ${engine.file("b")}`,
      );
      expect([status, bytes_read, files_read, uncompressed_size > 0]).toEqual(["BACKUP_CREATED", 0, 0, true]);
      return `bytes_read = ${bytes_read}, uncompressed_size = ${uncompressed_size}`;
    },
  ),
  truth(
    {
      id: "F15-twice",
      row: "F15",
      title: "RESTORE over rows is refused, and allow_non_empty_tables doubles them. We never send it",
    },
    async (engine) => {
      await backedUp(engine);
      const refused = await engine.operation(`RESTORE TABLE truth.t FROM ${engine.file("b")}`);
      expect([refused.status, refused.error]).toEqual([
        "RESTORE_FAILED",
        expect.stringContaining("CANNOT_RESTORE_TABLE"),
      ]);
      const doubled = await engine.operation(
        `RESTORE TABLE truth.t FROM ${engine.file("b")}`,
        "allow_non_empty_tables = 1",
      );
      expect([doubled.status, await engine.value("SELECT count() FROM truth.t")]).toEqual(["RESTORED", "2000"]);
      return "refused; 1000 rows became 2000 when allowed";
    },
  ),
  truth(
    {
      id: "F16-functions",
      row: "F16",
      title: "BACKUP ALL leaves SQL functions out. We keep them in the manifest",
    },
    async (engine, world) => {
      const { status } = await engine.operation(`BACKUP ALL TO ${engine.file("b")}`);
      const names = readdirSync(engine.place("b"), { recursive: true }).map(String);
      expect([status, names.filter((name) => name.includes("with_tax"))]).toEqual(["BACKUP_CREATED", []]);
      const { id } = await world.backUp();
      const manifest = readFileSync(join(world.stack.servers.storeRoot, "local", id, "manifest.json"), "utf8");
      expect(manifest).toContain("with_tax");
      await world.deleteBackup(id);
      return "not in the engine's backup, in our manifest";
    },
  ),
  truth(
    {
      id: "F17-zip",
      row: "F17",
      title: ".zip is not built in, and the attempt leaves an empty file and a lock. We write directories",
    },
    async (engine) => {
      await engine.makeTable("t", 10);
      const { status, error } = await engine.operation(`BACKUP TABLE truth.t TO ${engine.file("b.zip")}`);
      expect([status, error]).toEqual(["BACKUP_FAILED", expect.stringMatching(/minizip|SUPPORT_IS_DISABLED/)]);
      return `${status}; left: ${readdirSync(engine.place("")).join(", ") || "nothing"}`;
    },
  ),
]);

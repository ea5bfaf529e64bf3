import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { freePort } from "../../harness/line.ts";
import { until } from "../../harness/processes.ts";
import { faults } from "../cases.ts";
import { spoil } from "../spoiled-calls.ts";
import { type Engine, truth } from "./engine.ts";

/** Slow enough to be met in the middle of a few megabytes. */
const SLOWLY = "max_backup_bandwidth = 500000";

const rankIsBack = (engine: Engine) =>
  until("the rank answers again", async () => {
    try {
      return (await engine.value("SELECT 1")) === "1" || undefined;
    } catch {
      return undefined;
    }
  });

faults("F: the engine killed and canceled", {}, [
  truth(
    {
      id: "F6-lock",
      row: "F6",
      title:
        "an engine that is killed in a BACKUP leaves a .lock that bars its path for ever. Every attempt of ours has a path of its own",
    },
    async (engine, world) => {
      await engine.makeTable("t", 200_000);
      await engine.begin(`BACKUP TABLE truth.t TO ${engine.file("b")}`, SLOWLY);
      await until("the copy has begun", () => readdirSync(engine.place("")).includes("b") || undefined);
      await until("there is a lock", () => readdirSync(engine.place("b")).includes(".lock") || undefined);
      await world.killRank();
      await rankIsBack(engine);
      const { status, error } = await engine.operation(`BACKUP TABLE truth.t TO ${engine.file("b")}`);
      expect([status, error]).toEqual(["BACKUP_FAILED", expect.stringContaining("BACKUP_ALREADY_EXISTS")]);
      expect((await engine.operation(`BACKUP TABLE truth.t TO ${engine.file("b2")}`)).status).toBe("BACKUP_CREATED");
      return `${status}: ${error.slice(0, 100)}`;
    },
  ),
  truth(
    {
      id: "F6-cancel",
      row: "F6",
      title: "KILL QUERY ends a BACKUP between two files and removes what it wrote. A cancel of ours goes that way",
    },
    async (engine) => {
      // It is heard between two files only: several make sure that there is a next one.
      await engine.makeTable("t", 200_000, "MergeTree PARTITION BY id % 8 ORDER BY id");
      const id = await engine.begin(`BACKUP TABLE truth.t TO ${engine.file("b")}`, SLOWLY);
      await until(
        "there is a lock",
        () =>
          readdirSync(engine.place(""), { recursive: true }).some((name) => String(name).endsWith(".lock")) ||
          undefined,
      );
      await engine.run(`KILL QUERY WHERE query_id = '${(await engine.look(id))?.query_id}' ASYNC`);
      const { status } = await engine.ended(id);
      expect([
        status,
        readdirSync(engine.place(""), { recursive: true }).filter((name) => !String(name).endsWith("b")),
      ]).toEqual(["BACKUP_CANCELLED", []]);
      return status;
    },
  ),
  truth(
    {
      id: "F15-forgotten",
      row: "F15",
      title: "system.backups is empty after a restart. Our manifests and jobs are the only history",
    },
    async (engine, world) => {
      await engine.makeTable("t", 10);
      await engine.operation(`BACKUP TABLE truth.t TO ${engine.file("b")}`);
      await world.killRank();
      await rankIsBack(engine);
      expect(await engine.value("SELECT count() FROM system.backups")).toBe("0");
      return "empty";
    },
  ),
  truth(
    {
      id: "F18-half",
      row: "F18",
      title:
        "a RESTORE that is killed leaves its table there with too few rows. We restore into fresh directories only",
      tier: "full",
    },
    async (engine, world) => {
      await engine.makeTable("t", 3_000_000);
      await engine.operation(`BACKUP TABLE truth.t TO ${engine.file("b")}`);
      await engine.begin(`RESTORE TABLE truth.t AS truth.r FROM ${engine.file("b")}`, SLOWLY);
      await until("the table is there", async () => (await engine.value("EXISTS TABLE truth.r")) === "1" || undefined);
      await world.killRank();
      await rankIsBack(engine);
      const [exists, rows] = [
        await engine.value("EXISTS TABLE truth.r"),
        Number(await engine.value("SELECT count() FROM truth.r")),
      ];
      expect(exists).toBe("1");
      return `the table is there with ${rows} of 3000000 rows`;
    },
  ),
  truth(
    {
      id: "F18-second",
      row: "F18",
      title:
        "a second engine on the same data directory is refused. A rank of an earlier host manager cannot write beside its successor",
    },
    async (_, world) => {
      const path = join(world.stack.servers.home, "cluster/rank-0");
      const open = `import { Session } from "chdb"; new Session(process.argv[1]).query("SELECT 1")`;
      const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", open, path], {
        encoding: "utf8",
        timeout: 20_000,
      });
      expect(status, stderr).not.toBe(0);
      return (stderr.match(/[^\n]*(?:lock|another|already)[^\n]*/i)?.[0] ?? stderr).trim().slice(0, 120);
    },
  ),
  truth(
    {
      id: "F5-canceled",
      row: "F5",
      title:
        "a canceled RESTORE may have done everything. What it says is no truth about the rows; we throw the directories away",
      tier: "full",
    },
    async (engine) => {
      await engine.makeTable("t", 3_000_000);
      await engine.operation(`BACKUP TABLE truth.t TO ${engine.file("b")}`);
      const id = await engine.begin(`RESTORE TABLE truth.t AS truth.r FROM ${engine.file("b")}`);
      await engine.run(`KILL QUERY WHERE query_id = '${(await engine.look(id))?.query_id}' ASYNC`);
      const { status } = await engine.ended(id);
      const exists = (await engine.value("EXISTS TABLE truth.r")) === "1";
      const rows = exists ? await engine.value("SELECT count() FROM truth.r") : "no table";
      expect(["RESTORE_CANCELLED", "RESTORED"]).toContain(status);
      return `${status}, ${rows} of 3000000 rows`;
    },
  ),
  truth(
    {
      id: "F11-fsync",
      row: "F11",
      title: "BACKUP makes none of its files durable. We sync every file and folder before the manifest",
      needs: "strace",
    },
    async (engine, world) => {
      await engine.makeTable("t", 1_000);
      const syncsOf = await spoil({
        pid: await world.rankPid(),
        calls: "fsync,fdatasync,sync_file_range,syncfs,sync,msync",
      });
      const { status } = await engine.operation(`BACKUP TABLE truth.t TO ${engine.file("b")}`);
      const synced = (await syncsOf()).filter((line) => line.includes(engine.folder) || /\bsync(?:fs)?\(/.test(line));
      expect([status, synced]).toEqual(["BACKUP_CREATED", []]);
      const ours = await spoil({ pid: world.stack.servers.bff.pid, calls: "fsync,fdatasync" });
      const { id, files } = await world.backUp();
      const lines = (await ours()).filter((line) => line.includes(id));
      expect(lines.length, "files and folders that we sync").toBeGreaterThan(files);
      await world.deleteBackup(id);
      return `the engine: 0; we: ${lines.length} for ${files} files`;
    },
  ),
  truth(
    {
      id: "F13-silence",
      row: "F13",
      title:
        "a BACKUP to an address that refuses connections goes on and on, KILL QUERY ends it, and the key's id stands in system.backups (F20). Our watch ends what stands still",
      tier: "full",
    },
    async (engine) => {
      await engine.makeTable("t", 10);
      const bucket = `http://127.0.0.1:${await freePort()}/bucket/b`;
      const id = await engine.begin(`BACKUP TABLE truth.t TO S3('${bucket}', 'AKIATRUTH', 'very-secret')`);
      const begun = performance.now();
      await until("it goes on for two seconds", async () => {
        expect((await engine.look(id))?.status).toBe("CREATING_BACKUP");
        return performance.now() - begun > 2_000 || undefined;
      });
      const { name = "", query_id = "" } = (await engine.look(id)) ?? {};
      expect([name.includes("AKIATRUTH"), name.includes("very-secret")]).toEqual([true, false]);
      await engine.run(`KILL QUERY WHERE query_id = '${query_id}' ASYNC`);
      const killed = performance.now();
      const { status } = await engine.ended(id, 60_000);
      return `${status} ${Math.round(performance.now() - killed)} ms after KILL QUERY`;
    },
  ),
]);

import { createHash, randomUUID } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DatabaseBackupInfo, type SnapshotKind } from "@snapdeck/contract/database-backup";
import { type FileStamp, type SnapshotFile, SnapshotId } from "@snapdeck/contract/snapshot-file";
import { parsePrinted } from "@snapdeck/core/checks/engine-model";
import type { BackupView, SnapshotView } from "@snapdeck/core/snapshots/backup-view";
import { ambiguousFiles } from "@snapdeck/core/snapshots/engine-metadata";
import { baseFor } from "@snapdeck/core/snapshots/lineage";
import { planMerge } from "@snapdeck/core/snapshots/plan-merge";
import { planRemoval } from "@snapdeck/core/snapshots/plan-removal";
import type { PlanStep, Stamper } from "@snapdeck/core/snapshots/plan-steps";
import { knownFiles, snapshotContent } from "@snapdeck/core/snapshots/snapshot-content";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { EmbeddedHost } from "./embedded-host.ts";

/** What Snapdeck believes of the engine when it folds snapshots into each other; to be run on each new version of it. */

const AT = "2026-11-22T14:00:00.000Z";
const FOLDER = "rank-0/tom-0";
const FACTS = {
  startedAt: AT,
  durationMs: 5,
  hostName: "here",
  hostAddress: "127.0.0.1",
  requestedBy: "ana",
  proof: { level: "L1", provenAt: AT },
} as const;
const TABLES = ["parts", "wide", "log", "tiny", "stripe"];

const stampOf = (text: string): FileStamp => ({
  sha256: createHash("sha256").update(text).digest("hex"),
  sizeBytes: text.length,
});
const stamper: Stamper = {
  text: stampOf,
  content: async (files) => stampOf(JSON.stringify(files)),
  definitions: async (definitions) => stampOf(JSON.stringify(definitions)),
};

let host: EmbeddedHost;
let info: DatabaseBackupInfo;
const snapshots = new Map<number, SnapshotView>();
const held = new Map<number, string[]>();

beforeAll(async () => {
  host = await EmbeddedHost.start();
  await host.run(
    "CREATE DATABASE a",
    "CREATE TABLE a.parts (n UInt64, s String) ENGINE = MergeTree ORDER BY n",
    "CREATE TABLE a.wide (n UInt64, s String) ENGINE = MergeTree ORDER BY n SETTINGS min_bytes_for_wide_part = 0",
    ...["log Log", "tiny TinyLog", "stripe StripeLog"].map((table) => {
      const [name, engine] = table.split(" ");
      return `CREATE TABLE a.${name} (n UInt64, s String) ENGINE = ${engine}`;
    }),
  );
});
afterAll(() => host[Symbol.asyncDispose]());

test("the engine restores from accounts that Snapdeck wrote, and builds on them", async () => {
  await insert(1000);
  await take(1, "full");
  for (const [at, rows] of [100, 10, 1].entries()) {
    await insert(rows);
    if (at === 1)
      await host.run(
        "DROP TABLE a.wide SYNC",
        "CREATE TABLE a.wide (n UInt64, s String) ENGINE = MergeTree ORDER BY n",
      );
    await take(at + 2, "incremental");
  }
  await expectRestorable();

  await run(planRemoval(view(), { ids: [id(2), id(3)], because: "purge", at: AT, stampOfText: stampOf }));
  expect(info.snapshots.map((snapshot) => Number(snapshot.id))).toEqual([1, 4]);
  await expectRestorable();

  await insert(3);
  await take(5, "incremental");
  await run(planRemoval(view(), { ids: [id(4)], because: "cap", at: AT, stampOfText: stampOf }));
  await expectRestorable();

  held.set(6, held.get(5) ?? []);
  await run(
    await planMerge(
      view(),
      {
        id: id(6),
        facts: { ...FACTS, clusterId: info.snapshots[0]!.clusterId, jobId: info.snapshots[0]!.jobId },
        definitions: [],
        newUuid: randomUUID,
        at: AT,
      },
      stamper,
    ),
  );
  expect(info.snapshots.map(({ kind }) => kind)).toEqual(["full"]);
  await insert(7);
  await take(7, "incremental");
  await expectRestorable();
});

test("of equal files that are put together differently, which the engine restores wrong, its account tells", async () => {
  for (const engine of ["Log", "StripeLog", "TinyLog"]) {
    const [database, folder] = [`twins_${engine}`, `twins/${engine}`];
    const rows = (from: number) => `SELECT number + ${from} FROM numbers(1000)`;
    await host.run(
      `CREATE DATABASE ${database}`,
      ...["one", "two"].map((table) => `CREATE TABLE ${database}.${table} (n UInt64) ENGINE = ${engine}`),
      `INSERT INTO ${database}.one ${rows(0)}`,
      `BACKUP DATABASE ${database} TO File('${folder}/1')`,
      `INSERT INTO ${database}.one ${rows(5)}`,
      `INSERT INTO ${database}.two ${rows(0)}`,
      `INSERT INTO ${database}.two ${rows(5)}`,
      `BACKUP DATABASE ${database} TO File('${folder}/2') SETTINGS base_backup = File('${folder}/1')`,
    );
    const metadata = async (at: number) =>
      parsePrinted(await readFile(join(host.storeRoot, folder, String(at), ".backup"), "utf8"));
    expect(ambiguousFiles(await metadata(1)), engine).toEqual([]);
    expect(ambiguousFiles(await metadata(2)), engine).not.toEqual([]);
    const base = snapshotContent(id(1), FOLDER, await metadata(1), new Map());
    const second = await metadata(2);
    expect(() => snapshotContent(id(2), FOLDER, second, knownFiles(base, FOLDER)), engine).toThrow("backup-unusable");
  }
});

const id = (number: number) => SnapshotId.parse(number);
const place = (path: string) => join(host.storeRoot, "bk", path);

async function insert(rows: number): Promise<void> {
  for (const table of TABLES) {
    await host.run(`INSERT INTO a.${table} SELECT number + 7, toString(number % 5) FROM numbers(${rows})`);
  }
}

async function checksums(database: string): Promise<string[]> {
  const row = z.object({ sum: z.string() });
  return Promise.all(
    TABLES.map(async (table) => {
      const [found] = await host.ask(
        row,
        `SELECT concat(toString(count()), ' ', toString(sum(cityHash64(*)))) AS sum FROM ${database}.${table}`,
      );
      return `${table} ${found?.sum}`;
    }),
  );
}

async function take(number: number, kind: SnapshotKind): Promise<void> {
  const base = kind === "full" ? undefined : baseFor(kind, info.snapshots);
  const on = base === undefined ? "" : `SETTINGS base_backup = File('bk/${base.id}/${FOLDER}')`;
  await host.run(`BACKUP DATABASE a TO File('bk/${number}/${FOLDER}') ${on}`);
  held.set(number, await checksums("a"));
  const files = snapshotContent(
    id(number),
    FOLDER,
    parsePrinted(await readFile(place(`${number}/${FOLDER}/.backup`), "utf8")),
    knownFiles((base && snapshots.get(base.id)?.files) ?? [], FOLDER),
  );
  const standing = await read(number, files);
  const snapshot = {
    ...FACTS,
    id: number,
    kind,
    ...(base === undefined ? {} : { baseId: base.id }),
    clusterId: "local",
    jobId: "6a1f0f0c-7d1c-4d0a-9a64-0d7c1f3c2b1e",
    engine: { name: "ClickHouse", version: "" },
    ddlOnly: false,
    kept: { files: 0, sizeBytes: 0 },
    rows: 0,
    content: stampOf(JSON.stringify(files)),
    folders: [{ path: FOLDER, metadata: { now: standing } }],
  };
  info = DatabaseBackupInfo.parse({
    format: "snapdeck-database-backup/1",
    name: "bk",
    revision: 1,
    ddl: "",
    createdAt: AT,
    createdBy: "ana",
    objects: [{ type: "ALL", name: "a" }],
    options: { checksum: false, ddlOnly: false },
    definitions: { now: stampOf("") },
    removed: [],
    ...(kind === "full" ? {} : info),
    snapshots: [...(kind === "full" ? [] : info.snapshots), snapshot],
  });
}

async function read(number: number, files: readonly SnapshotFile[]): Promise<FileStamp> {
  const text = await readFile(place(`${number}/${FOLDER}/.backup`), "utf8");
  snapshots.set(number, {
    files,
    folders: new Map([[FOLDER, { metadata: parsePrinted(text), standing: stampOf(text) }]]),
  });
  return stampOf(text);
}

function view(): BackupView {
  return { info, definitions: stampOf(""), folders: info.snapshots.map((snapshot) => String(snapshot.id)), snapshots };
}

/** Does what concerns the engine, and believes the rest. */
async function run(steps: readonly PlanStep[]): Promise<void> {
  for (const step of steps) {
    if (step.step === "publish-info") info = DatabaseBackupInfo.parse(step.info);
    if (step.step === "remove-snapshot") await rm(place(String(step.id)), { recursive: true });
    if (step.step === "remove-file") await rm(place(step.path));
    if (step.step === "write-metadata") await writeFile(place(step.path), step.text);
    if (step.step === "write-content") await read(step.id, step.files);
    if (step.step !== "compose") continue;
    await mkdir(dirname(place(step.path)), { recursive: true });
    const [single, ...others] = step.from.map(place);
    if (others.length === 0) await link(single ?? "", place(step.path));
    else
      await writeFile(
        place(step.path),
        Buffer.concat(await Promise.all(step.from.map((path) => readFile(place(path))))),
      );
  }
  for (const snapshot of info.snapshots) await read(snapshot.id, snapshots.get(snapshot.id)?.files ?? []);
}

async function expectRestorable(): Promise<void> {
  for (const snapshot of info.snapshots) {
    await host.run(`RESTORE DATABASE a AS b FROM File('bk/${snapshot.id}/${FOLDER}')`);
    expect(await checksums("b"), `snapshot ${snapshot.id}`).toEqual(held.get(snapshot.id));
    await host.run("DROP DATABASE b SYNC");
  }
}

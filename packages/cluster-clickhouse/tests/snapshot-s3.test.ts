import { DatabaseBackupName } from "@snapdeck/contract/database-backup";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { WorkReport } from "@snapdeck/core/ports/cluster";
import type { SnapshotRestoreRequest } from "@snapdeck/core/ports/database-backups";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { confirmedBy, EmbeddedHost, NEVER, reportsOf } from "./embedded-host.ts";
import { S3Place } from "./s3-place.ts";
import { SnapshotWorld } from "./snapshot-world.ts";

let host: EmbeddedHost;
let s3: S3Place;
let world: SnapshotWorld;

beforeAll(async () => {
  [host, s3] = await Promise.all([EmbeddedHost.start(), S3Place.start()]);
  world = await SnapshotWorld.at(host, await s3.store(host.sealer));
  await host.run(
    "CREATE DATABASE a",
    "CREATE TABLE a.parts (n UInt64, s String) ENGINE = MergeTree ORDER BY n",
    "CREATE TABLE a.log (n UInt64, s String) ENGINE = Log",
  );
  await fill(1_000);
});
afterEach(() => s3.arm(undefined));
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await s3.stop();
});

async function fill(rows: number): Promise<void> {
  for (const table of ["parts", "log"])
    await host.run(`INSERT INTO a.${table} SELECT number, toString(number % 7) FROM numbers(${rows})`);
}

function restoring(name: string, changes: Partial<SnapshotRestoreRequest> = {}): SnapshotRestoreRequest {
  return {
    store: world.store,
    backup: DatabaseBackupName.parse(name),
    objects: [{ type: "ALL", name: "a" }],
    policy: "none",
    renamedObjectsSchema: "aside",
    createSchemas: true,
    ddlOnly: false,
    targetSchemas: new Map(),
    checksum: false,
    ...changes,
  };
}

const failure = async (work: AsyncIterable<WorkReport>) =>
  reportsOf(work as Parameters<typeof reportsOf>[0]).then(
    (reports) => reports.at(-1),
    (thrown: unknown) => thrown,
  );

const Text = z.record(z.string(), z.unknown());

describe("A database backup in a bucket", () => {
  const held = new Map<number, Record<string, string>>();

  test("is taken, built on, proven and restored by the engine", async () => {
    for (const request of [
      world.full("chain", "a"),
      world.incremental("chain"),
      world.incremental("chain", { checksum: true }),
      world.differential("chain"),
    ]) {
      held.set(await world.id(request), await world.contents("a"));
      await fill(10);
    }
    const { snapshots } = await world.info("chain");
    expect(snapshots.map(({ proof }) => proof.level)).toEqual(["L1", "L1", "L2", "L1"]);
    for (const { id } of snapshots) expect(await world.restored("chain", id, "a")).toEqual(held.get(id));
    const [, , third] = snapshots;
    const targetSchemas = new Map([["a", "back"]]);
    const request = restoring("chain", { snapshotId: third?.id, checksum: true, targetSchemas });
    await confirmedBy(world.backups.restore({ ...world.order(), ...request }, NEVER));
    expect(await world.contents("back")).toEqual(held.get(third?.id ?? 0));
  });

  test("holds no key, and neither do the engine's own tables", async () => {
    const { files, uploads } = await s3.contents("chain");
    expect(uploads).toEqual([]);
    expect(files.size).toBeGreaterThan(20);
    for (const [path, text] of files) {
      expect(text.includes(s3.secret), path).toBe(false);
      expect(text.includes(s3.keyId), path).toBe(false);
    }
    const rows = [
      ...(await host.ask(Text, "SELECT * FROM system.backups")),
      ...(await host.ask(Text, "SELECT * FROM system.processes")),
      ...(await host.ask(Text, "SELECT * FROM system.errors")),
    ];
    expect(JSON.stringify(rows)).not.toContain(s3.secret);
  });

  test("is folded by the store's own copies, and restores what it held", async () => {
    const { snapshots } = await world.info("chain");
    const [, second] = snapshots;
    const purge = { ...world.place("chain"), action: "purge", snapshotId: second?.id ?? 0 } as const;
    await confirmedBy(world.backups.alter({ ...world.order(), ...purge }, NEVER));
    const left = (await world.info("chain")).snapshots;
    expect(left.map(({ id }) => id)).toEqual(snapshots.filter((each) => each !== second).map(({ id }) => id));
    for (const { id } of left) expect(await world.restored("chain", id, "a"), `${id}`).toEqual(held.get(id));
    const merge = { ...world.place("chain"), action: "merge" } as const;
    await confirmedBy(world.backups.alter({ ...world.order(), ...merge }, NEVER));
    const [merged, ...others] = (await world.info("chain")).snapshots;
    expect(others).toEqual([]);
    expect(await world.restored("chain", merged?.id ?? 0, "a")).toEqual(held.get(snapshots.at(-1)?.id ?? 0));
  });

  test("keeps large files, which go in parts, and reads every byte of them back", async () => {
    await host.run(
      "CREATE DATABASE big",
      "CREATE TABLE big.p (n UInt64, s String CODEC(NONE)) ENGINE = MergeTree ORDER BY n",
      "INSERT INTO big.p SELECT number, randomPrintableASCII(400) FROM numbers(100000)",
    );
    s3.seen.length = 0;
    const id = await world.id(world.full("big", "big", { options: { checksum: true, ddlOnly: false } }));
    expect(s3.seen.some((line) => /^PUT \S*data\S*partNumber=2/.test(line))).toBe(true);
    expect((await s3.contents("big")).uploads).toEqual([]);
    expect(await world.restored("big", id, "big")).toEqual(await world.contents("big"));
    await confirmedBy(
      world.backups.drop({ ...world.order(), store: world.store, backups: [world.place("big").backup] }, NEVER),
    );
    expect(await s3.contents("big")).toEqual({ files: new Map(), uploads: [] });
    await host.run("DROP DATABASE big SYNC");
  });

  test("that a canceled snapshot was to become leaves nothing", async () => {
    const stop = new AbortController();
    s3.arm({ kind: "slow", bytesPerSecond: 20 } as never, { on: /^PUT \S*data/ });
    const work = world.backups.take({ ...world.order(), ...world.full("canceled", "a") }, stop.signal);
    const reports: WorkReport[] = [];
    for await (const report of work) {
      reports.push(report);
      if (s3.seen.some((line) => /^PUT \S*canceled\S*data/.test(line))) stop.abort();
    }
    expect(reports.at(-1)?.type).not.toBe("confirmed");
    s3.arm(undefined);
    expect(await world.store.read(world.place("canceled").backup)).toBeUndefined();
    expect(await s3.contents("canceled")).toEqual({ files: new Map(), uploads: [] });
  });
});

describe("An S3 server that", () => {
  const listed = async () => (await world.store.list()).map(({ name }) => name).sort();

  test.each(["503", "lost", "truncated", "full", "denied"])(
    "is %s while a snapshot is taken ends it in one error, and nothing is listed; or it is whole",
    async (how) => {
      const before = await listed();
      const harms = {
        "503": await s3.refusal(503, "SlowDown"),
        lost: { kind: "lost-answer" },
        truncated: { kind: "shorten", toBytes: 10 },
        full: await s3.refusal(507, "InsufficientStorage"),
        denied: await s3.refusal(403, "AccessDenied"),
      };
      s3.arm(harms[how as keyof typeof harms], { on: /^(?:PUT|POST|GET|HEAD) \S*data\/a\// });
      const name = `hurt_${how}`;
      const outcome = await failure(world.backups.take({ ...world.order(), ...world.full(name, "a") }, NEVER));
      s3.arm(undefined);
      if (outcome instanceof SnapdeckError) {
        expect(outcome.detail).not.toContain(s3.secret);
        expect(outcome.hint).toBeTruthy();
        expect(await listed()).toEqual(before);
        await world.take(world.full(name, "a"));
      } else {
        expect(outcome).toMatchObject({ type: "confirmed" });
      }
      const [snapshot] = (await world.info(name)).snapshots;
      expect(await world.restored(name, snapshot?.id ?? 0, "a")).toEqual(await world.contents("a"));
    },
  );

  test.each(["503", "reset", "truncated"])(
    "is %s while a snapshot is restored leaves everything as it was",
    async (how) => {
      const { backup } = world.place("hurt_503");
      const before = await world.contents("a");
      const harms = {
        "503": await s3.refusal(503, "SlowDown"),
        reset: { kind: "reset", afterBytes: 0 },
        truncated: { kind: "shorten", toBytes: 10 },
      };
      s3.arm(harms[how as keyof typeof harms], { on: /^GET \S*data/ });
      const request = { ...restoring(backup), policy: "replace" } as const;
      const thrown = await failure(world.backups.restore({ ...world.order(), ...request }, NEVER));
      s3.arm(undefined);
      expect(thrown).toBeInstanceOf(SnapdeckError);
      expect(await world.contents("a")).toEqual(before);
    },
  );

  test("never answers ends a snapshot by our own watch, for the engine would wait, and it can be taken once it answers", async () => {
    const before = await listed();
    const watched = await SnapshotWorld.at(host, world.store, { noProgressMs: 3_000, stopMs: 3_000 });
    s3.arm({ kind: "black-hole" }, { on: /^PUT \S*data\/a\// });
    const thrown = await failure(
      watched.backups.take({ ...watched.order(), ...watched.full("swallowed", "a") }, NEVER),
    );
    expect(thrown).toBeInstanceOf(SnapdeckError);
    expect(thrown).toMatchObject({ code: "no-progress", hint: expect.stringMatching(/./) });
    s3.arm(undefined);
    expect(await listed()).toEqual(before);
    const id = await world.id(world.full("swallowed", "a"));
    expect(await world.restored("swallowed", id, "a")).toEqual(await world.contents("a"));
  });

  test("says no to the key gives one error that tells so, and no key", async () => {
    const store = await s3.store(host.sealer, { secretAccessKey: "another-secret" });
    const request = { ...world.full("locked", "a"), store };
    const thrown = await failure(world.backups.take({ ...world.order(), ...request }, NEVER));
    expect(thrown).toMatchObject({ code: "store-unavailable" });
    expect(String(thrown)).not.toContain("another-secret");
  });
});

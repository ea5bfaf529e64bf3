import { readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { ObjectStore } from "@snapdeck/core/ports/object-store";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ClickHouseCluster } from "../src/clickhouse-cluster.ts";
import { parseEngineMetadata } from "../src/engine-metadata.ts";
import { aSealer, NEVER, reportsOf } from "./embedded-host.ts";
import { flip, ProofWorld } from "./proof-world.ts";
import { storeWith } from "./store-tricks.ts";

let world: ProofWorld;

beforeAll(async () => {
  world = await ProofWorld.start();
});
afterAll(() => world[Symbol.asyncDispose]());

/** Every story has a backup of its own, and begins on a running cluster. */
beforeEach(() => world.backUp());

/** A store on a disk that has something against some of its files. */
async function storeThatReads(
  digest: (store: ObjectStore) => ObjectStore["digest"],
  settings: { noProgressMs?: number } = {},
): Promise<ClickHouseCluster> {
  const store = await world.host.store();
  const failing = { ...storeWith(store, async () => undefined), digest: digest(store) };
  return world.host.cluster(settings, { store: failing });
}

/** Something to wait for. */
class Gate {
  open: () => void = () => undefined;
  readonly opened = new Promise<void>((resolve) => {
    this.open = resolve;
  });
}

describe("An L2 proof", () => {
  test("of a good backup is confirmed with what it read, and shown as progress", async () => {
    const reports = await reportsOf(world.cluster.systemBackups.verify(world.verifyOrder(), NEVER));
    const { manifest } = await world.cluster.systemBackups.read(world.backupId);
    const [rank] = manifest.ranks;
    expect(reports[0]).toEqual({ type: "phase", phase: "reading" });
    expect(reports.at(-2)).toEqual({
      type: "progress",
      ranks: [
        {
          rank: 0,
          bytesDone: rank?.sizeBytes,
          bytesTotal: rank?.sizeBytes,
          filesDone: rank?.files.length,
          filesTotal: rank?.files.length,
        },
      ],
    });
    expect(reports.at(-1)).toMatchObject({
      type: "confirmed",
      evidence: { kind: "verify-backup", level: "L2", files: rank?.files.length, sizeBytes: rank?.sizeBytes, rows: 0 },
    });
    expect(await world.standing()).toMatchObject({
      proof: { level: "L2" },
      proofs: [{ level: "L1" }, { level: "L2" }],
    });
  });

  test("compares with the checksum that the engine gives for each of its files", async () => {
    const metadata = await world.fileLike(/\/\.backup$/);
    const store = await world.host.store();
    const folder = metadata.slice(world.host.storeRoot.length + 1, -"/.backup".length);
    const files = parseEngineMetadata(await readFile(metadata)).filter(({ checksum }) => checksum !== undefined);
    expect(files.length).toBeGreaterThan(30);
    for (const { name, sizeBytes, checksum } of files) {
      const found = await store.digest(`${folder}/${name}`, "clickhouse", NEVER);
      expect({ name, ...found }).toEqual({ name, sizeBytes, digest: checksum });
    }
  });

  const CLASSES: { name: string; like: RegExp }[] = [
    { name: "rows of a wide part", like: /\/wide\/.*\/noise\.bin$/ },
    { name: "rows of a compact part", like: /\/compact\/.*\/data\.bin$/ },
    { name: "rows of a Log table", like: /\/log\/id\.bin$/ },
    { name: "marks", like: /\/wide\/.*\.c?mrk\d*$/ },
    { name: "marks of a Log table", like: /\/log\/.*\.mrk$/ },
    { name: "an index", like: /\/wide\/.*\/primary\.c?idx$/ },
    { name: "a count of rows", like: /\/compact\/.*\/count\.txt$/ },
    { name: "a list of columns", like: /\/wide\/.*\/columns\.txt$/ },
    { name: "a definition of a table", like: /\/metadata\/town\/wide\.sql$/ },
    { name: "a definition of a database", like: /\/metadata\/town\.sql$/ },
    { name: "the engine's list of files", like: /\/\.backup$/ },
  ];
  test.each(CLASSES)("finds $name flipped, cut, grown or removed, and names the file", async ({ like }) => {
    const file = await world.fileLike(like);
    const subject = file.slice(world.backupFolder.length + 1);
    const original = await readFile(file);
    const damages = [
      { fault: "bytes", damage: () => flip(file) },
      { fault: "size", damage: () => truncate(file, original.length - 1) },
      { fault: "size", damage: () => writeFile(file, Buffer.concat([original, Buffer.from("x")])) },
      { fault: "missing", damage: () => rm(file) },
    ];
    for (const { fault, damage } of damages) {
      await damage();
      await expect(world.verify(), fault).rejects.toMatchObject({ code: "proof-failed" });
      const { proof, suspect } = await world.standing();
      expect(suspect, fault).toMatchObject({ level: "L2", faults: [{ subject, fault }], faultsTotal: 1 });
      expect(proof.level).toBe("L1");
      await writeFile(file, original);
    }
    await world.verify();
    const { proof, suspect } = await world.standing();
    expect({ level: proof.level, suspect }, "a later proof clears it").toEqual({ level: "L2", suspect: undefined });
    expect(await readdir(world.proofsFolder), "what is superseded goes").toHaveLength(2);
  });

  test("finds a file that should not be there, in any folder, and says how many faults there are", async () => {
    const metadata = await world.fileLike(/\/\.backup$/);
    for (const place of ["../planted", "../data/town/wide/planted.bin", "../metadata/town/planted.sql"]) {
      await writeFile(join(metadata, place), "x");
    }
    await expect(world.verify()).rejects.toMatchObject({
      code: "proof-failed",
      detail: expect.stringMatching(/^L2 found 3 faults: .*planted.* \(should not be there\)/),
    });
    expect((await world.standing()).suspect?.faults.map(({ fault }) => fault)).toEqual(["extra", "extra", "extra"]);
  });

  test("that is canceled ends stopped and leaves no record", async () => {
    const hanging = await storeThatReads(() => (_path, _kind, signal, onBytes) => {
      onBytes?.(0);
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    });
    const cancel = new AbortController();
    const reports = [];
    for await (const report of hanging.systemBackups.verify(world.verifyOrder(), cancel.signal)) {
      reports.push(report);
      if (report.type === "progress") cancel.abort();
    }
    expect(reports.at(-1)).toEqual({ type: "stopped" });
    expect(await world.proofs()).toEqual([]);
  });

  test("on a disk that hangs is ended, and says nothing of the backup", async () => {
    let readers = 0;
    const hangs: ObjectStore["digest"] = (_path, _kind, signal, onBytes) => {
      readers += 1;
      onBytes?.(0);
      return new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
          readers -= 1;
          reject(signal.reason);
        });
      });
    };
    const hanging = await storeThatReads(() => hangs, { noProgressMs: 300 });
    await expect(world.verify(hanging)).rejects.toMatchObject({ code: "no-progress" });
    expect(readers, "whoever read was told to end").toBe(0);
    expect(await world.proofs()).toEqual([]);
  });

  const unreadable = (path: string) => new SnapdeckError("store-unavailable", `the disk failed with EIO at ${path}`);

  test("names a file that cannot be read, when the store gives the others", async () => {
    const failing = await storeThatReads((store) => async (path, ...rest) => {
      if (path.endsWith("/log/id.bin")) throw unreadable(path);
      return store.digest(path, ...rest);
    });
    await expect(world.verify(failing)).rejects.toMatchObject({ code: "proof-failed" });
    expect((await world.standing()).suspect).toMatchObject({
      faults: [{ subject: expect.stringMatching(/\/log\/id\.bin$/), fault: "unreadable" }],
      faultsTotal: 1,
    });
  });

  test("is not put off by what fails once: an error of the disk, a file that is not there for a moment", async () => {
    const failed = new Set<string>();
    const failing = await storeThatReads((store) => async (path, ...rest) => {
      if (failed.has(path) || !/\/(log\/id\.bin|count\.txt)$/.test(path)) return store.digest(path, ...rest);
      failed.add(path);
      if (path.endsWith("/id.bin")) throw unreadable(path);
      return undefined;
    });
    await world.verify(failing);
    expect(failed.size).toBeGreaterThan(1);
    expect((await world.standing()).suspect).toBeUndefined();
  });

  test("that read a file before it became wrong says nothing against one that read it afterwards", async () => {
    const reading = new Gate();
    const goOn = new Gate();
    const slow = await storeThatReads((store) => async (path, ...rest) => {
      const found = await store.digest(path, ...rest);
      if (path.endsWith("/log/id.bin")) {
        reading.open();
        await goOn.opened;
      }
      return found;
    });
    const early = world.verify(slow);
    await reading.opened;
    await flip(await world.fileLike(/\/log\/id\.bin$/));
    await expect(world.verify()).rejects.toMatchObject({ code: "proof-failed" });
    goOn.open();
    await expect(early).rejects.toMatchObject({
      code: "proof-failed",
      detail: expect.stringContaining("stays suspect"),
    });
    expect((await world.standing()).suspect).toMatchObject({ level: "L2", faultsTotal: 1 });
  });

  test("says nothing of the backup when the store gives no file at all", async () => {
    const failing = await storeThatReads(() => async (path) => {
      throw unreadable(path);
    });
    await expect(world.verify(failing)).rejects.toMatchObject({ code: "store-unavailable" });
    expect(await world.proofs()).toEqual([]);
  });

  test("of a backup that another console signed is refused", async () => {
    const stranger = await world.host.cluster({}, { sealer: aSealer() });
    expect((await stranger.systemBackups.read(world.backupId)).doubt).toContain("was not signed by this console");
    expect((await world.cluster.systemBackups.read(world.backupId)).doubt).toBeUndefined();
    await expect(world.verify(stranger)).rejects.toMatchObject({ code: "backup-unusable" });
  });

  test("counts after those before it, although the clock was put back", async () => {
    await world.verify();
    await flip(await world.fileLike(/\/log\/id\.bin$/));
    const late = await world.host.cluster({}, { clock: () => "2001-01-01T00:00:00.000Z" });
    await expect(world.verify(late)).rejects.toMatchObject({ code: "proof-failed" });
    expect((await world.standing()).suspect).toBeDefined();
  });
});

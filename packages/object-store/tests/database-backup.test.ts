import { randomBytes } from "node:crypto";
import { cp, mkdir, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { encodeInfo, readInfo } from "../src/database-backup/info-file.ts";
import { listBackups, readDefinitions } from "../src/database-backup/read-backup.ts";
import { BackupWorld, NAME, sealer, sealerOf } from "./backup-world.ts";

let template: BackupWorld;
let world: BackupWorld;
let place: (path: string) => string;

beforeAll(async () => {
  template = await BackupWorld.open();
  template.live.set("data/a/t/p1/x.bin", "one").set("data/a/log/x.bin", "1").set("metadata/a/t.sql", "CREATE");
  await template.run(await template.take("full"));
  template.live.set("data/a/log/x.bin", "12").set("data/a/t/p2/x.bin", "two");
  await template.run(await template.take("incremental"));
  template.live.set("data/a/log/x.bin", "123");
  await template.run(await template.take("incremental"));
});
afterAll(() => template.close());
beforeEach(async () => {
  world = await template.copy();
  place = (path) => join(world.root, NAME, path);
});
afterEach(() => world.close());

const ids = async () => (await world.info())?.snapshots.map(({ id }) => id) ?? [];

describe("A database backup on a store", () => {
  test("stands in the layout that is documented", async () => {
    const [full, second] = await ids();
    const paths = [...(await world.files()).keys()];
    expect(paths).toContain("ki_backup_info.json");
    expect(paths).toContain(`${NAME}.mdb`);
    expect(paths).toContain(`${full}/${full}.mdb`);
    expect(paths).toContain(`${full}/rank-0/tom-0/.backup`);
    expect(paths).toContain(`${second}/rank-0/tom-0/data/a/t/p2/x.bin`);
    expect(await world.unowned()).toEqual([]);
  });

  test("tells a console that knows nothing what each snapshot is", async () => {
    const [listed, ...others] = await listBackups(world.store, sealerOf("another console's"));
    expect(others).toEqual([]);
    expect(listed).toMatchObject({
      name: NAME,
      isSigned: false,
      info: { name: NAME, ddl: expect.stringContaining("CREATE BACKUP") },
    });
    const { bySnapshot } = await readDefinitions(world.store, await present());
    for (const id of await ids())
      expect(bySnapshot.get(id)).toMatchObject([{ ref: { type: "TABLE", name: `t${id}` } }]);
    expect(await world.restored()).toEqual(
      new Map(await Promise.all((await ids()).map((id) => [id, world.held.get(id)] as const))),
    );
  });

  test("can be moved: nothing in it names the place where it stands", async () => {
    const files = await world.files();
    for (const [path, text] of files) expect(text.includes(world.root), path).toBe(false);
  });

  test("writes no byte again that a merge or a purge can link", async () => {
    const before = await world.files();
    await world.run(await world.purge(1));
    await world.run(await world.merge());
    expect((await world.info())?.snapshots.map(({ kind }) => kind)).toEqual(["full"]);
    const [merged] = await ids();
    expect((await world.files()).get(`${merged}/rank-0/tom-0/data/a/t/p1/x.bin`)).toBe("one");
    expect([...before.keys()].some((path) => path.startsWith(`${merged}/`))).toBe(false);
    expect(await world.unowned()).toEqual([]);
  });
});

describe("What a stranger did to a backup", () => {
  const FILES = {
    "its info": () => "ki_backup_info.json",
    "its definitions": () => `${NAME}.mdb`,
    "a snapshot's list of files": (id: number) => `${id}/${id}.mdb`,
    "the engine's account": (id: number) => `${id}/rank-0/tom-0/.backup`,
  };
  const EDITS: Record<string, (path: string) => Promise<unknown>> = {
    "cut off": (path) => truncate(path, 100),
    emptied: (path) => truncate(path, 0),
    removed: (path) => rm(path),
    "exchanged for noise": (path) => writeFile(path, randomBytes(50_000)),
    "exchanged for a link": async (path) => {
      await rename(path, `${path}.away`);
      await symlink(`${path}.away`, path);
    },
    "turned into a folder": async (path) => {
      await rm(path);
      await mkdir(path);
    },
    "exchanged for an LMDB file of another snapshot": async (path) =>
      cp(place(`${(await ids())[0]}/${(await ids())[0]}.mdb`), path),
  };

  for (const [what, pathOf] of Object.entries(FILES)) {
    test.each(Object.keys(EDITS))(`to ${what} is found out: it was %s`, async (how) => {
      const id = (await ids())[1] ?? 0;
      await EDITS[how]?.(place(pathOf(id)));
      const outcome = await world.view().catch((thrown: unknown) => thrown);
      if (what === "its info" && how === "removed") expect(outcome).toMatchObject({ message: "there is no backup" });
      else expect(outcome).toBeInstanceOf(SnapdeckError);
    });
  }

  test("to its info, with everything in order but the signature, is told to who asks", async () => {
    const { signature: _, ...info } = await present();
    const forged = await encodeInfo(sealerOf("a stranger's"), {
      ...info,
      ddl: "CREATE BACKUP orders_bk DATA SINK = evil.sink",
    });
    await writeFile(place("ki_backup_info.json"), forged);
    expect(await readInfo(world.store, sealer, NAME)).toMatchObject({ isSigned: false });
    await writeFile(place("ki_backup_info.json"), JSON.stringify({ ...(await template.info()), ddl: "another" }));
    expect(await readInfo(world.store, sealer, NAME)).toMatchObject({ isSigned: false });
  });

  test("to one backup leaves the others in the list, and it with the reason", async () => {
    await cp(join(world.root, NAME), join(world.root, "copy_of_it"), { recursive: true });
    await mkdir(join(world.root, "no backup at all"), { mode: 0o700 });
    await mkdir(join(world.root, "empty"), { mode: 0o700 });
    await mkdir(join(world.root, "broken"), { mode: 0o700 });
    await writeFile(join(world.root, "broken/ki_backup_info.json"), "{");
    const listed = await listBackups(world.store, sealer);
    expect(listed.map(({ name, problem }) => `${name} ${problem?.code ?? "listed"}`)).toEqual([
      "broken backup-unusable",
      "copy_of_it backup-unusable",
      `${NAME} listed`,
    ]);
  });

  test("makes no list of what could be read when the store fails", async () => {
    await mkdir(join(world.root, "aaa"), { mode: 0o700 });
    await symlink(place("ki_backup_info.json"), join(world.root, "aaa/ki_backup_info.json"));
    await expect(listBackups(world.store, sealer)).rejects.toMatchObject({ code: "store-unavailable" });
  });

  test("between a plan and its execution is not overwritten", async () => {
    const steps = await world.take("incremental");
    const read = await readInfo(world.store, sealer, NAME);
    const theirs = await encodeInfo(sealer, { ...(await present()), revision: 1000 });
    await world.store.replace(`${NAME}/ki_backup_info.json`, theirs, read?.standing.sha256 ?? "");
    const { carryOut } = await import("../src/database-backup/carry-out.ts");
    const executor = { store: world.store, sealer, name: NAME, prove: async () => undefined };
    await expect(carryOut(executor, steps, read?.standing)).rejects.toMatchObject({ code: "store-changed" });
    expect((await world.info())?.revision).toBe(1000);
  });

  test("to the bytes that a purge would hand on ends it before anything goes", async () => {
    const [, second] = await ids();
    await truncate(place(`${second}/rank-0/tom-0/data/a/t/p2/x.bin`), 1);
    await expect(world.run(await world.purge(1))).rejects.toMatchObject({ code: "backup-unusable" });
    expect(await ids()).toContain(second);
  });
});

async function present() {
  const info = await world.info();
  if (info === undefined) throw new Error("there is no backup");
  return info;
}

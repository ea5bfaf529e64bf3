import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pictureOf } from "./fixture/picture.ts";
import { World } from "./fixture/world.ts";

const REPOSITORY = new URL("../../..", import.meta.url).pathname;

/** Lets another process write to the state and die without closing it. */
function crashesWhileWriting(file: string): void {
  const script = `
    const Database = require("libsql");
    const state = new Database(process.argv[1]);
    state.exec("update jobs set drivers_died = drivers_died + 1");
    process.kill(process.pid, "SIGKILL");`;
  spawnSync(process.execPath, ["-e", script, file], { cwd: REPOSITORY });
}

test("A check writes nothing: neither to the store nor to the state of a console that is closed", async () => {
  using world = await World.make();
  world.hasClusterDir();
  world.store.write("local/b-failed/a1-dead/x.bin", "x");
  world.close();
  expect(existsSync(`${world.stateFile}-wal`)).toBe(false);
  const before = pictureOf(world.home);
  expect(await world.breaks({ clusterDir: world.clusterDir })).toEqual(["I4 orphan: local/b-failed"]);
  expect(pictureOf(world.home)).toEqual(before);
});

test("A check reads the state of a console that died, and leaves its recovery to the next one", async () => {
  using world = await World.make();
  world.close();
  crashesWhileWriting(world.stateFile);
  expect(existsSync(`${world.stateFile}-wal`)).toBe(true);
  const before = pictureOf(world.home);
  expect(await world.breaks()).toEqual([]);
  expect(pictureOf(world.home)).toEqual(before);
});

test("A check reads a state beside its -wal where the -shm was lost", async () => {
  using world = await World.make();
  world.close();
  crashesWhileWriting(world.stateFile);
  rmSync(`${world.stateFile}-shm`);
  const before = pictureOf(world.home);
  expect(await world.breaks()).toEqual([]);
  expect(pictureOf(world.home)).toEqual(before);
});

test("A check reads the state of a console that runs, and neither waits for its lock nor takes it", async () => {
  using world = await World.make();
  await world.statements.run("begin immediate");
  await world.statements.run("update jobs set drivers_died = 7");
  expect(await world.breaks()).toEqual([]);
  await world.statements.run("commit");
  await world.statements.run("update jobs set drivers_died = 8");
});

test("A state that is not there, is no database, or has other tables, cannot be checked", async () => {
  using world = await World.make();
  world.close();
  const where = (sqliteFile: string) => world.check({ state: { sqliteFile } });
  await expect(where(join(world.home, "nothing"))).rejects.toMatchObject({ code: "store-unavailable" });
  expect(existsSync(join(world.home, "nothing"))).toBe(false);
  copyFileSync(join(world.store.keysDir, "sealing.key"), join(world.home, "text"));
  await expect(where(join(world.home, "text"))).rejects.toMatchObject({ code: "store-unavailable" });
  renameSync(world.stateFile, join(world.home, "moved.sqlite"));
  await expect(where(world.stateFile)).rejects.toMatchObject({ code: "store-unavailable" });
  expect(await world.breaks({ state: { sqliteFile: join(world.home, "moved.sqlite") } })).toEqual([]);
});

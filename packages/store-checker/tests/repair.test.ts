import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pictureOf } from "./fixture/picture.ts";
import { placeOf } from "./fixture/planted-break.ts";
import { World } from "./fixture/world.ts";

const REMAINS = ["local/b-failed", "local/b-1/a2-dead", "local/b-1/.manifest.json.0b1c.tmp"];

function leavesRemains(world: World): void {
  world.store.write("local/b-failed/a1-dead/rank-0/x.bin", "x");
  world.store.write("local/b-1/a2-dead/rank-0/x.bin", "x");
  world.store.write("local/b-1/.manifest.json.0b1c.tmp", "{");
}

test("A repair is offered and not done unless it is asked for", async () => {
  using world = await World.make();
  leavesRemains(world);
  const before = pictureOf(world.store.root);
  const { breaks } = await world.check();
  expect(pictureOf(world.store.root)).toEqual(before);
  expect(breaks.map(({ subject }) => subject).toSorted()).toEqual(REMAINS.toSorted());
  for (const each of breaks)
    expect(each).toMatchObject({ repair: expect.stringContaining("can be removed"), repaired: false });
});

test("A repair removes what nothing owns, says each, and touches nothing else", async () => {
  using world = await World.make();
  const whole = pictureOf(world.store.root);
  leavesRemains(world);
  world.store.write("local/b-1/notes.txt", "somebody's");
  const { breaks } = await world.check({ repair: true });
  const repaired = breaks.filter((each) => each.repaired === true);
  expect(repaired.map(({ subject }) => subject).toSorted()).toEqual(REMAINS.toSorted());
  for (const { repair } of repaired) expect(repair).toBe("nothing owned it: removed, files: 1");
  expect(readFileSync(placeOf(world, "local/b-1/notes.txt"), "utf8")).toBe("somebody's");
  expect(await world.breaks()).toEqual(["I4 stranger: local/b-1/notes.txt"]);
  const contents = (picture: Record<string, string>) =>
    Object.fromEntries(Object.entries(picture).map(([name, facts]) => [name, facts.split(" ").at(-1)]));
  const { "local/b-1/notes.txt": _, ...left } = contents(pictureOf(world.store.root));
  expect(left).toEqual(contents(whole));
});

test("A repair removes nothing where no state says what is whose", async () => {
  using world = await World.make();
  leavesRemains(world);
  await world.check({ repair: true, state: undefined });
  expect(existsSync(placeOf(world, "local/b-failed"))).toBe(true);
});

test("A repair removes nothing of a cluster that the state does not know: another console may be at work there", async () => {
  using world = await World.make();
  const theirs = ["other/b-1/a1-now/rank-0/x.bin", "other/b-2/.manifest.json.0b1c.tmp"];
  for (const path of theirs) world.store.write(path, "x");
  const { breaks } = await world.check({ repair: true });
  expect(breaks.map(({ subject }) => subject).toSorted()).toEqual(["other/b-1", "other/b-2"]);
  for (const each of breaks) {
    expect(each).not.toHaveProperty("repair");
    expect(each.detail).toContain("another console may be at work there");
  }
  for (const path of theirs) expect(existsSync(placeOf(world, path))).toBe(true);
});

test("A repair follows no link", async () => {
  using world = await World.make();
  leavesRemains(world);
  const outside = join(world.home, "outside");
  writeFileSync(outside, "precious");
  symlinkSync(outside, placeOf(world, "local/b-failed/a1-dead/link"));
  symlinkSync(world.home, placeOf(world, "local/b-failed/a1-dead/home"));
  await world.check({ repair: true });
  expect(existsSync(placeOf(world, "local/b-failed"))).toBe(false);
  expect(readFileSync(outside, "utf8")).toBe("precious");
  expect(existsSync(world.stateFile)).toBe(true);
});

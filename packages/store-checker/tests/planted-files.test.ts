import { mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { flipsAByte } from "./fixture/flips-a-byte.ts";
import {
  DATA,
  namesEach,
  type PlantedBreak,
  placeOf,
  REPLACED,
  rankOf,
  rewrites,
  SQL,
} from "./fixture/planted-break.ts";
import { sha256 } from "./fixture/store-fixture.ts";
import { World } from "./fixture/world.ts";

const CASES: PlantedBreak[] = [
  {
    name: "I1: a file that is missing",
    plant: (world) => rmSync(placeOf(world, `${rankOf(world, "b-1")}/${DATA}`)),
    found: (world) => [`I1 file-missing: ${rankOf(world, "b-1")}/${DATA}`],
  },
  {
    name: "I1: a file that is too short",
    plant: (world) => truncateSync(placeOf(world, `${rankOf(world, "b-1", 1)}/${DATA}`), 69_999),
    found: (world) => [`I1 file-size: ${rankOf(world, "b-1", 1)}/${DATA}`],
  },
  {
    name: "I1: the lock of an engine that was killed, in a listed backup",
    plant: (world) => world.store.write(`${rankOf(world, "b-1")}/.lock`, ""),
    found: (world) => [`I1 file-extra: ${rankOf(world, "b-1")}/.lock`],
  },
  {
    name: "I5: one wrong byte in a file of data",
    plant: (world) => flipsAByte(placeOf(world, `${rankOf(world, "b-2")}/${DATA}`)),
    found: (world) => [`I5 file-bytes: ${rankOf(world, "b-2")}/${DATA}`],
  },
  {
    name: "I5: a definition that was edited",
    plant: (world) => flipsAByte(placeOf(world, `${rankOf(world, "b-2")}/${SQL}`)),
    found: (world) => [`I5 file-bytes: ${rankOf(world, "b-2")}/${SQL}`],
  },
  {
    name: "I5: an engine's list that was edited",
    plant: (world) => flipsAByte(placeOf(world, `${rankOf(world, "b-2")}/.backup`)),
    found: (world) => [`I5 file-bytes: ${rankOf(world, "b-2")}/.backup`],
  },
  {
    name: "I1: an engine's list that is missing",
    plant: (world) => rmSync(placeOf(world, `${rankOf(world, "b-2")}/.backup`)),
    found: (world) => [`I1 file-missing: ${rankOf(world, "b-2")}/.backup`],
  },
  {
    name: "I20: an engine's list that leads out of the store, signed all the same",
    plant: (world) => {
      const path = `${rankOf(world, "b-1")}/.backup`;
      const text = readFileSync(placeOf(world, path), "utf8").replace(DATA, `../../${DATA}`);
      world.store.write(path, text);
      rewrites(world, "b-1", ({ ranks: [rank] }) => {
        const list = rank!.files.find((file) => file.path === ".backup")!;
        const grown = text.length - list.sizeBytes;
        Object.assign(list, { sizeBytes: text.length, sha256: sha256(text) });
        rank!.sizeBytes += grown;
      });
    },
    found: (world) => [...REPLACED, `I20 engine-list: ${rankOf(world, "b-1")}/.backup`],
  },
  {
    name: "I1: a folder in the place of a file",
    plant: (world) => {
      rmSync(placeOf(world, `${rankOf(world, "b-1")}/${DATA}`));
      mkdirSync(placeOf(world, `${rankOf(world, "b-1")}/${DATA}`));
    },
    found: (world) => [`I1 file-missing: ${rankOf(world, "b-1")}/${DATA}`],
  },
];

namesEach(CASES);

test("Without --bytes a wrong byte of data stays unseen, and one that leads a restore does not", async () => {
  using world = await World.make();
  flipsAByte(placeOf(world, `${rankOf(world, "b-2")}/${DATA}`));
  expect(await world.breaks({ bytes: false })).toEqual([]);
  flipsAByte(placeOf(world, `${rankOf(world, "b-2")}/${SQL}`));
  expect(await world.breaks({ bytes: false })).toEqual([`I5 file-bytes: ${rankOf(world, "b-2")}/${SQL}`]);
});

test("Without a key signatures are only looked for, and without a state nobody knows what a job owns", async () => {
  using world = await World.make();
  expect(await world.breaks({ keysDir: undefined })).toEqual([]);
  const [orphan, ...others] = (await world.check({ state: undefined })).breaks;
  expect(others).toEqual([]);
  expect(orphan).toMatchObject({ kind: "orphan", subject: "local/b-running" });
  expect(orphan).not.toHaveProperty("repair");
});

test("I5: a key inside the store is named, and another console's key opens nothing", async () => {
  using world = await World.make();
  using other = await World.make();
  const found = await world.breaks({ keysDir: other.store.keysDir });
  expect(found.filter((each) => each.includes("manifest-signature"))).toHaveLength(3);
  mkdirSync(placeOf(world, "keys"));
  writeFileSync(placeOf(world, "keys/sealing.key"), readFileSync(join(world.store.keysDir, "sealing.key")));
  expect(await world.breaks({ keysDir: placeOf(world, "keys") })).toEqual([
    "I5 key-in-store: keys",
    "I4 stranger: keys/sealing.key",
  ]);
});

test("A store that is not there, or is a link, cannot be checked", async () => {
  using world = await World.make();
  await expect(world.check({ storeRoot: join(world.home, "nothing") })).rejects.toMatchObject({
    code: "store-unavailable",
  });
  symlinkSync(world.store.root, join(world.home, "link"));
  await expect(world.check({ storeRoot: join(world.home, "link") })).rejects.toMatchObject({
    code: "store-unavailable",
  });
});

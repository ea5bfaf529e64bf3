import { chmodSync, chownSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { expect, test } from "vitest";
import { DATA, namesEach, type PlantedBreak, placeOf, rankOf } from "./fixture/planted-break.ts";
import { World } from "./fixture/world.ts";

const CASES: PlantedBreak[] = [
  {
    name: "I4: a strange file beside the proofs",
    plant: (world) => world.store.write("local/b-1/proofs/readme", ""),
    found: () => ["I4 stranger: local/b-1/proofs/readme"],
  },
  {
    name: "I4: what a cut-off write left, of a manifest and of a proof",
    plant: (world) => {
      world.store.write("local/b-1/.manifest.json.0b1c.tmp", "{");
      world.store.write("local/b-1/proofs/.17-L2-a.json.0b1c.tmp", "{");
    },
    found: () => [
      "I4 temporary: local/b-1/proofs/.17-L2-a.json.0b1c.tmp",
      "I4 temporary: local/b-1/.manifest.json.0b1c.tmp",
    ],
  },
  {
    name: "I4: an attempt that is over beside the listed one",
    plant: (world) => world.store.write("local/b-1/a2-dead/rank-0/data/x.bin", "x"),
    found: () => ["I4 orphan: local/b-1/a2-dead"],
  },
  {
    name: "I4: an unlisted backup whose job failed",
    plant: (world) => world.store.write("local/b-failed/a1-dead/rank-0/data/x.bin", "x"),
    found: () => ["I4 orphan: local/b-failed"],
  },
  {
    name: "I4: an unlisted backup that no job ever named, empty as it is",
    plant: (world) => mkdirSync(placeOf(world, "local/b-unknown")),
    found: () => ["I4 orphan: local/b-unknown"],
  },
  {
    name: "I26: what a canceled backup left",
    plant: (world) => world.store.write("local/b-canceled/a1-dead/rank-0/.lock", ""),
    found: () => ["I26 orphan: local/b-canceled"],
  },
  {
    name: "I11: what a deletion left",
    plant: (world) => world.store.write("local/b-deleted/a1-dead/rank-0/data/x.bin", "x"),
    found: () => ["I11 orphan: local/b-deleted"],
  },
  {
    name: "I4: strange files in the store's root and in a cluster's folder",
    plant: (world) => {
      world.store.write("notes.txt", "x");
      world.store.write("local/notes.txt", "x");
      mkdirSync(placeOf(world, "Not A Cluster"));
      mkdirSync(placeOf(world, "lost+found"));
    },
    found: () => ["I4 stranger: Not A Cluster", "I4 stranger: local/notes.txt", "I4 stranger: notes.txt"],
  },
  {
    name: "I20: links instead of a cluster, a backup, a rank's folder and a file",
    plant: (world) => {
      symlinkSync("/tmp", placeOf(world, "elsewhere"));
      symlinkSync("/tmp", placeOf(world, "local/b-link"));
      const [data, rank] = [`${rankOf(world, "b-1")}/${DATA}`, rankOf(world, "b-2", 1)];
      rmSync(placeOf(world, data));
      symlinkSync("/etc/passwd", placeOf(world, data));
      rmSync(placeOf(world, rank), { recursive: true });
      symlinkSync("/etc", placeOf(world, rank));
    },
    found: (world) => [
      "I20 link: elsewhere",
      "I20 link: local/b-link",
      `I20 link: ${rankOf(world, "b-1")}/${DATA}`,
      `I20 link: ${rankOf(world, "b-2", 1)}`,
    ],
  },
  {
    name: "I20: a store that others may enter",
    plant: (world) => chmodSync(world.store.root, 0o755),
    found: () => ["I20 store-open: the store's root"],
  },
  {
    name: "I2: a backup that vanished",
    plant: (world) => rmSync(placeOf(world, "local/b-1"), { recursive: true }),
    found: () => ["I2 backup-lost: local/b-1", "I6 not-in-store: local/b-1"],
  },
  {
    name: "I2: a manifest that vanished before its files",
    plant: (world) => rmSync(placeOf(world, "local/b-1/manifest.json")),
    found: () => ["I4 orphan: local/b-1", "I2 backup-lost: local/b-1", "I6 not-in-store: local/b-1"],
  },
];

namesEach(CASES);

test.runIf(process.getuid?.() === 0)("I20: a file of another user is named", async () => {
  using world = await World.make();
  const path = `${rankOf(world, "b-1")}/${DATA}`;
  chownSync(placeOf(world, path), 1, 1);
  expect(await world.breaks()).toEqual([`I20 foreign-owner: ${path}`]);
});

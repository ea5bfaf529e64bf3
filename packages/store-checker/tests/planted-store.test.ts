import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Manifest } from "@snapdeck/contract/manifest";
import { expect, test } from "vitest";
import { flipsAByte } from "./fixture/flips-a-byte.ts";
import { sha256 } from "./fixture/store-fixture.ts";
import { id, World } from "./fixture/world.ts";

const rankOf = (world: World, name: string, rank = 0) =>
  `local/${name}/${world.backup(name).manifest.ranks[rank]!.folder}`;
const placeOf = (world: World, path: string) => join(world.store.root, path);
const DATA = "data/shop/orders/all_1_1_0/data.bin";
const SQL = "metadata/shop/orders.sql";

/** Signs a manifest anew after a change, as somebody who has the key could; the console and its jobs keep the old one in mind. */
function rewrites(world: World, name: string, change: (manifest: Manifest) => void): void {
  const manifest = structuredClone(world.backup(name).manifest);
  change(manifest);
  world.store.publish(manifest);
}

/** What shows besides when a manifest is another than the one that its job wrote. */
const REPLACED = ["I2 manifest-replaced: local/b-1", "I6 catalog-differs: local/b-1"];

type Case = {
  readonly name: string;
  readonly plant: (world: World) => void;
  readonly found: (world: World) => string[];
};

const CASES: Case[] = [
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
    name: "I1: a file that no manifest names",
    plant: (world) => world.store.write(`${rankOf(world, "b-1")}/data/more.bin`, "x"),
    found: (world) => [`I1 file-extra: ${rankOf(world, "b-1")}/data/more.bin`],
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
    name: "I5: a manifest that gives a file another size than the engine does",
    plant: (world) => {
      world.store.write(`${rankOf(world, "b-1")}/${DATA}`, Buffer.alloc(10));
      rewrites(world, "b-1", ({ ranks: [rank] }) => {
        const file = rank!.files.find(({ path }) => path === DATA)!;
        rank!.sizeBytes -= file.sizeBytes - 10;
        file.sizeBytes = 10;
      });
    },
    found: (world) => [
      ...REPLACED,
      `I5 file-bytes: ${rankOf(world, "b-1")}/${DATA}`,
      `I5 lists-differ: ${rankOf(world, "b-1")}/${DATA}`,
    ],
  },
  {
    name: "I5: a manifest that leaves out a file of the engine's",
    plant: (world) => {
      rmSync(placeOf(world, `${rankOf(world, "b-1")}/${DATA}`));
      rewrites(world, "b-1", ({ ranks: [rank] }) => {
        const left = rank!.files.filter(({ path }) => path !== DATA);
        Object.assign(rank!, { files: left, sizeBytes: rank!.sizeBytes - 70_000 });
      });
    },
    found: (world) => [...REPLACED, `I5 lists-differ: ${rankOf(world, "b-1")}/${DATA}`],
  },
  {
    name: "I5: a manifest without a checksum",
    plant: (world) =>
      rewrites(
        world,
        "b-1",
        ({ ranks: [rank] }) => delete rank!.files.find(({ path }) => path === DATA)!.engineChecksum,
      ),
    found: (world) => [
      "I2 manifest-replaced: local/b-1",
      "I6 catalog-differs: local/b-1",
      `I5 hash-missing: ${rankOf(world, "b-1")}/${DATA}`,
      `I5 lists-differ: ${rankOf(world, "b-1")}/${DATA}`,
    ],
  },
  {
    name: "I5: a definition that the manifest has no hash of",
    plant: (world) =>
      rewrites(world, "b-1", ({ ranks: [rank] }) => delete rank!.files.find(({ path }) => path === SQL)!.sha256),
    found: (world) => [...REPLACED, `I5 hash-missing: ${rankOf(world, "b-1")}/${SQL}`],
  },
  {
    name: "I5: a sum that is another",
    plant: (world) => rewrites(world, "b-1", ({ ranks: [rank] }) => Object.assign(rank!, { sizeBytes: 1 })),
    found: () => [...REPLACED, "I5 manifest-sum: local/b-1/manifest.json, rank 0"],
  },
  {
    name: "I5: a table that the engine did not define",
    plant: (world) =>
      rewrites(world, "b-1", ({ ranks: [rank] }) =>
        rank!.tables.push({ database: "shop", table: "lost", engine: "Log" }),
      ),
    found: (world) => [...REPLACED, `I5 tables-differ: ${rankOf(world, "b-1")}, shop.lost`],
  },
  {
    name: "I5: a rank in another's folder",
    plant: (world) => rewrites(world, "b-1", ({ ranks }) => Object.assign(ranks[1]!, { folder: ranks[0]!.folder })),
    found: (world) => [
      ...REPLACED,
      "I5 manifest-folder: local/b-1/manifest.json, rank 1",
      `I4 stranger: ${rankOf(world, "b-1", 1)}`,
      // Its bytes are the other rank's, which were never the same.
      `I5 file-bytes: ${rankOf(world, "b-1", 0)}/${DATA}`,
      `I5 file-bytes: ${rankOf(world, "b-1", 0)}/.backup`,
    ],
  },
  {
    name: "I5: a manifest that was edited",
    plant: (world) => {
      const text = readFileSync(placeOf(world, "local/b-1/manifest.json"), "utf8").replace('"ada"', '"eve"');
      world.store.write("local/b-1/manifest.json", text);
    },
    found: () => ["I5 manifest-signature: local/b-1/manifest.json", ...REPLACED],
  },
  {
    name: "I5: a manifest with a member that nobody signed",
    plant: (world) => {
      const text = readFileSync(placeOf(world, "local/b-1/manifest.json"), "utf8").replace("{", '{"more":1,');
      world.store.write("local/b-1/manifest.json", text);
    },
    found: () => ["I5 manifest-signature: local/b-1/manifest.json", ...REPLACED],
  },
  {
    name: "I5: a manifest without a signature",
    plant: (world) => {
      const { signature: _, ...unsigned } = JSON.parse(readFileSync(placeOf(world, "local/b-1/manifest.json"), "utf8"));
      world.store.write("local/b-1/manifest.json", JSON.stringify(unsigned));
    },
    found: () => ["I5 manifest-signature: local/b-1/manifest.json", ...REPLACED],
  },
  {
    name: "I5: a manifest cut off",
    plant: (world) => truncateSync(placeOf(world, "local/b-1/manifest.json"), 100),
    found: () => ["I5 manifest-unreadable: local/b-1/manifest.json"],
  },
  {
    name: "I5: a manifest in another backup's place",
    plant: (world) => {
      renameSync(placeOf(world, "local/b-1/manifest.json"), placeOf(world, "aside"));
      const manifest = structuredClone(world.backup("b-1").manifest);
      const text = JSON.stringify(world.store.sealer.sign("snapdeck-manifest", { ...manifest, backupId: id("b-7") }));
      world.store.write("local/b-1/manifest.json", text);
      rmSync(placeOf(world, "aside"));
    },
    found: () => ["I5 manifest-misplaced: local/b-1/manifest.json", ...REPLACED],
  },
  {
    name: "I5: a secret that this console's key does not open",
    plant: (world) =>
      rewrites(world, "b-1", ({ ranks: [rank] }) => Object.assign(rank!.definitions[1]!, { sealedDdl: "v1.nothing" })),
    found: () => [...REPLACED, "I5 definition-sealed: local/b-1/manifest.json, named collection s3 of rank 0"],
  },
  {
    name: "I5: a proof that was edited",
    plant: (world) => {
      const backup = world.backup("b-1");
      const { path } = world.store.prove(backup, {
        jobId: world.jobId("suspended"),
        level: "L2",
        faults: [],
        provenAtSeconds: 70,
      });
      const text = readFileSync(placeOf(world, path), "utf8");
      writeFileSync(placeOf(world, path), text.replace(/"files":\d+/, '"files":1'));
    },
    found: () => ["I5 proof-signature: local/b-1/proofs/…-L2-….json"],
  },
  {
    name: "I5: a proof of another manifest",
    plant: (world) => {
      const backup = { ...world.backup("b-1"), manifestSha256: "b".repeat(64) };
      world.store.prove(backup, { jobId: world.jobId("suspended"), level: "L3", faults: [], provenAtSeconds: 70 });
    },
    found: () => ["I5 proof-misplaced: local/b-1/proofs/…-L3-….json"],
  },
  {
    name: "I5: a proof that cannot be read",
    plant: (world) => world.store.write("local/b-1/proofs/1700000000000-L2-aa.json", "{"),
    found: () => ["I5 proof-unreadable: local/b-1/proofs/…-L2-….json"],
  },
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

test.concurrent.each(CASES)("$name is named, and nothing else", async ({ plant, found }) => {
  using world = await World.make();
  plant(world);
  const names = (await world.breaks()).map((each) => each.replace(/\/\d+-(L\d)-\w+\.json/, "/…-$1-….json"));
  expect(names.toSorted()).toEqual(found(world).toSorted());
});

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

import { readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
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
import { id } from "./fixture/world.ts";

const CASES: PlantedBreak[] = [
  {
    name: "I1: a file that no manifest names",
    plant: (world) => world.store.write(`${rankOf(world, "b-1")}/data/more.bin`, "x"),
    found: (world) => [`I1 file-extra: ${rankOf(world, "b-1")}/data/more.bin`],
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
    name: "I5: rows that the engine did not count",
    plant: (world) => rewrites(world, "b-1", ({ ranks: [rank] }) => Object.assign(rank!.tables[0]!, { rows: 199 })),
    found: (world) => [...REPLACED, `I5 rows-differ: ${rankOf(world, "b-1")}, shop.orders`],
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
];

namesEach(CASES);

import { createHash, randomBytes } from "node:crypto";
import { EngineChecksum } from "@snapdeck/engine-checksum/engine-checksum";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ComposingStore } from "../src/database-backup/carry-out.ts";
import { describeComposing } from "./composing-suite.ts";

/** A store of its own for one test. */
export type StoreUnderTest = {
  readonly store: ComposingStore;
  /** Writes a file past the store, as the engine does. */
  plant(path: string, contents: Uint8Array): Promise<void>;
  close(): Promise<void>;
};

/** What stores differ in. */
export type StoreKind = {
  readonly title: string;
  /** Whether of two that publish one path at the very same time only one is told that it did. */
  readonly isExclusive: boolean;
  /** Whether anybody knows how much fits in. */
  readonly hasEnd: boolean;
  open(): Promise<StoreUnderTest>;
  /** What is needed for all tests of this kind. */
  start?(): Promise<void>;
  stop?(): Promise<void>;
};

const KIB = 1024;
const MIB = 1024 * KIB;
const never = () => new AbortController().signal;

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (contents: Uint8Array | undefined) => contents && new TextDecoder().decode(contents);
const sha256 = (contents: Uint8Array) => createHash("sha256").update(contents).digest("hex");
const clickhouse = (contents: Uint8Array) => new EngineChecksum().update(contents).hex();

/** Paths that a store refuses whatever is asked of it. */
const OUTSIDE = ["", "/", "/etc/passwd", "..", "../x", "a/../../x", "a//b", "a/", "./a", "a/./b", "a\\b", "a\0b"];

/** Names that something on the way may take for something else. */
const ODD_NAMES = [
  "with space",
  "ü-ñ-日本-🗄",
  "a+b=c&d",
  "50%25",
  "%2e%2e",
  "<x>&amp;\"'",
  "question?#hash",
  "-rf",
  ".hidden",
  "*",
  "tab\tand\u0001",
  "back`tick$(x)",
];

/** The promises of the port, for whatever keeps them. */
export function describeStore(kind: StoreKind): void {
  describe(`${kind.title} keeps the promises of a store:`, () => {
    let it: StoreUnderTest;
    let store: ComposingStore;

    beforeAll(() => kind.start?.());
    afterAll(() => kind.stop?.());
    beforeEach(async () => {
      it = await kind.open();
      store = it.store;
    });
    afterEach(() => it.close());

    async function filesOf(prefix: string): Promise<string[]> {
      const files: string[] = [];
      for await (const { path, sizeBytes } of store.files(prefix)) files.push(`${path} ${sizeBytes}`);
      return files.sort();
    }

    test("it gives back what was published, and nothing that was not", async () => {
      await store.publish("local/b1/manifest.json", bytes("{}"));
      expect(text(await store.read("local/b1/manifest.json", 2))).toBe("{}");
      expect(await store.read("local/b1/other.json", 2)).toBeUndefined();
      expect(await store.read("nowhere/b1/manifest.json", 2)).toBeUndefined();
      expect(await filesOf("local")).toEqual(["local/b1/manifest.json 2"]);
    });

    test.each([0, 1, 64 * KIB, 3 * MIB + 17])("it gives back %i bytes as they were", async (sizeBytes) => {
      const contents = randomBytes(sizeBytes);
      await store.publish("local/file", contents);
      expect(sha256((await store.read("local/file", sizeBytes)) ?? bytes("nothing"))).toBe(sha256(contents));
      expect(await filesOf("local")).toEqual([`local/file ${sizeBytes}`]);
    });

    test("it never replaces what was published", async () => {
      await store.publish("local/manifest.json", bytes("first"));
      await expect(store.publish("local/manifest.json", bytes("second"))).rejects.toMatchObject({
        code: "store-unavailable",
        detail: expect.stringContaining("never replaced"),
      });
      await it.plant("local/planted", bytes("by the engine"));
      await expect(store.publish("local/planted", bytes("ours"))).rejects.toMatchObject({ code: "store-unavailable" });
      expect(text(await store.read("local/manifest.json", 100))).toBe("first");
      expect(text(await store.read("local/planted", 100))).toBe("by the engine");
    });

    test.runIf(kind.isExclusive)("of several that publish one path at once, one does", async () => {
      const outcomes = await Promise.allSettled(
        ["one", "two", "six"].map((contents) => store.publish("local/manifest.json", bytes(contents))),
      );
      expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected", "rejected"]);
      const winner = ["one", "two", "six"][outcomes.findIndex(({ status }) => status === "fulfilled")];
      expect(text(await store.read("local/manifest.json", 100))).toBe(winner);
      expect(await filesOf("local")).toEqual(["local/manifest.json 3"]);
    });

    test("it keeps names as they are", async () => {
      for (const name of ODD_NAMES) {
        await store.publish(`odd/${name}/${name}`, bytes(name));
        expect(text(await store.read(`odd/${name}/${name}`, 100)), name).toBe(name);
      }
      const size = (name: string) => bytes(name).length;
      expect(await filesOf("odd")).toEqual(ODD_NAMES.map((name) => `odd/${name}/${name} ${size(name)}`).sort());
      expect((await store.folders("odd")).sort()).toEqual([...ODD_NAMES].sort());
      expect(await store.removeAll("odd")).toBe(ODD_NAMES.length);
    });

    test("it refuses to read more than was asked for", async () => {
      await store.publish("big", bytes("12345"));
      expect(text(await store.read("big", 5))).toBe("12345");
      await expect(store.read("big", 4)).rejects.toMatchObject({ code: "backup-unusable" });
      await expect(store.read("big", 0)).rejects.toMatchObject({ code: "backup-unusable" });
    });

    test("it lists every file below a folder with its size, hidden ones too, and none of its neighbour's", async () => {
      const planted = Array.from({ length: 118 }, (_, at) => `local/b1/rank-0/data/f${String(at).padStart(3, "0")}`);
      for (let at = 0; at < planted.length; at += 20) {
        await Promise.all(planted.slice(at, at + 20).map((path) => it.plant(path, bytes("x"))));
      }
      await it.plant("local/b1/rank-0/.backup", bytes("123"));
      await it.plant("local/b1/rank-0/.lock", bytes(""));
      await it.plant("local/b10/rank-0/.backup", bytes("of another"));
      expect(await filesOf("local/b1")).toEqual(
        [...planted.map((path) => `${path} 1`), "local/b1/rank-0/.backup 3", "local/b1/rank-0/.lock 0"].sort(),
      );
      expect((await store.folders("local")).sort()).toEqual(["b1", "b10"]);
      expect(await store.folders("local/b1/rank-0/data")).toEqual([]);
      expect(await filesOf("local/none")).toEqual([]);
      expect(await store.folders("none")).toEqual([]);
      expect(await filesOf("local/b")).toEqual([]);
    });

    test("it lists the folders of its root", async () => {
      expect(await store.folders()).toEqual([]);
      for (const path of ["one/a", "two/deep/b", "beside"]) await store.publish(path, bytes("x"));
      expect((await store.folders()).sort()).toEqual(["one", "two"]);
    });

    test("it replaces exactly the file that was read before", async () => {
      await store.publish("local/b1/info.json", bytes("first"));
      await store.replace("local/b1/info.json", bytes("the second"), sha256(bytes("first")));
      expect(text(await store.read("local/b1/info.json", 100))).toBe("the second");
      await store.replace("local/b1/info.json", bytes(""), sha256(bytes("the second")));
      expect(text(await store.read("local/b1/info.json", 100))).toBe("");
      expect(await filesOf("local")).toEqual(["local/b1/info.json 0"]);
    });

    test("it replaces nothing that is another file by now, or none", async () => {
      await store.publish("local/info.json", bytes("somebody else's"));
      await it.plant("local/planted", bytes("by the engine"));
      for (const path of ["local/info.json", "local/planted", "local/none", "none/none"]) {
        await expect(store.replace(path, bytes("ours"), sha256(bytes("first"))), path).rejects.toMatchObject({
          code: "store-changed",
        });
      }
      expect(text(await store.read("local/info.json", 100))).toBe("somebody else's");
      expect(await filesOf("local")).toEqual(["local/info.json 15", "local/planted 13"]);
    });

    test("it lists more folders than fit on a page", async () => {
      const names = Array.from({ length: 60 }, (_, at) => `b${at}`);
      await Promise.all(names.map((name) => it.plant(`local/${name}/manifest.json`, bytes("{}"))));
      expect((await store.folders("local")).sort()).toEqual([...names].sort());
    });

    test("it removes files and folders, nothing beside them, and can be asked to again", async () => {
      await store.publish("local/b1/a/one", bytes("1"));
      await store.publish("local/b1/two", bytes("2"));
      await store.publish("local/b10/three", bytes("3"));
      await store.remove("local/b1/two");
      await store.remove("local/b1/two");
      await store.remove("local/none/two");
      expect(await filesOf("local/b1")).toEqual(["local/b1/a/one 1"]);
      let moves = 0;
      const onMoved = () => {
        moves += 1;
      };
      expect(await store.removeAll("local/b1", onMoved)).toBe(1);
      expect(moves).toBe(1);
      expect(await store.removeAll("local/b1")).toBe(0);
      expect(await store.folders("local")).toEqual(["b10"]);
      expect(await filesOf("local")).toEqual(["local/b10/three 1"]);
    });

    test("what was removed can be published again", async () => {
      await store.publish("local/file", bytes("first"));
      await store.remove("local/file");
      await store.publish("local/file", bytes("second"));
      expect(text(await store.read("local/file", 100))).toBe("second");
    });

    test("it makes a tree durable, and says so when there is none", async () => {
      await Promise.all(Array.from({ length: 40 }, (_, at) => it.plant(`local/b1/rank-0/data/f${at}`, bytes("x"))));
      let moves = 0;
      await store.sync("local/b1/rank-0", () => {
        moves += 1;
      });
      expect(moves).toBeGreaterThanOrEqual(40);
      await expect(store.sync("local/b2")).rejects.toMatchObject({ code: "store-unavailable" });
    });

    describeComposing(() => it);

    test("it sweeps nothing that has its name", async () => {
      await store.publish("local/b1/manifest.json", bytes("{}"));
      await store.sweep("local/b1");
      await store.sweep("local/b1", "manifest");
      await store.sweep("nowhere");
      expect(await filesOf("local")).toEqual(["local/b1/manifest.json 2"]);
    });

    test("it tells how much room there is, where anybody knows", async () => {
      const space = await store.space();
      if (!kind.hasEnd) return expect(space).toBeUndefined();
      expect(space?.freeBytes).toBeGreaterThan(0);
      expect(space?.totalBytes).toBeGreaterThanOrEqual(space?.freeBytes ?? 0);
    });

    test.each([0, 1, 2_047, 2_048, 2_049, MIB + 1, 5 * MIB + 5])("it digests %i bytes", async (sizeBytes) => {
      const contents = randomBytes(sizeBytes);
      await it.plant("local/file", contents);
      const heard: number[] = [];
      expect(await store.digest("local/file", "clickhouse", never(), (read) => heard.push(read))).toEqual({
        sizeBytes,
        digest: clickhouse(contents),
      });
      expect(heard[0], "it hears that it began").toBe(0);
      expect(heard.reduce((sum, read) => sum + read, 0)).toBe(sizeBytes);
      expect(await store.digest("local/file", "sha256", never())).toEqual({ sizeBytes, digest: sha256(contents) });
    });

    test("it gives each of many its own digest, whoever asks for both kinds at once", async () => {
      const files = Array.from({ length: 20 }, (_, at) => ({ path: `local/f${at}`, contents: randomBytes(at * 777) }));
      await Promise.all(files.map(({ path, contents }) => it.plant(path, contents)));
      const found = await Promise.all(
        files.flatMap(({ path }) => [store.digest(path, "clickhouse", never()), store.digest(path, "sha256", never())]),
      );
      expect(found.map((each) => each?.digest)).toEqual(
        files.flatMap(({ contents }) => [clickhouse(contents), sha256(contents)]),
      );
      expect(await store.digest("local/none", "sha256", never())).toBeUndefined();
      expect(await store.digest("none/none", "clickhouse", never())).toBeUndefined();
    });

    test("it stops digesting when it is told to, and others go on", async () => {
      await it.plant("local/large", Buffer.alloc(24 * MIB));
      await it.plant("local/small", bytes("small"));
      const stop = new AbortController();
      const [large, waiting, small] = await Promise.allSettled([
        store.digest("local/large", "sha256", stop.signal, () => stop.abort()),
        store.digest("local/large", "sha256", stop.signal),
        store.digest("local/small", "sha256", never()),
      ]);
      expect(large).toEqual({ status: "rejected", reason: stop.signal.reason });
      expect(waiting).toEqual(large);
      expect(small).toMatchObject({ value: { sizeBytes: 5, digest: sha256(bytes("small")) } });
      await expect(store.digest("local/small", "sha256", stop.signal)).rejects.toBe(stop.signal.reason);
    });

    test.each(OUTSIDE)("it refuses the path %j, whatever is asked of it", async (path) => {
      const drain = async () => {
        for await (const _ of store.files(path));
      };
      const asked: [string, () => Promise<unknown>][] = [
        ["publish", () => store.publish(path, bytes("x"))],
        ["replace", () => store.replace(path, bytes("x"), sha256(bytes("")))],
        ["compose", () => store.compose(path, 1, ["beside"])],
        ["compose of it", () => store.compose("new", 1, [path])],
        ["read", () => store.read(path, 100)],
        ["digest", () => store.digest(path, "sha256", never())],
        ["files", drain],
        ["folders", () => store.folders(path)],
        ["sync", () => store.sync(path)],
        ["sweep", () => store.sweep(path)],
        ["remove", () => store.remove(path)],
        ["removeAll", () => store.removeAll(path)],
      ];
      for (const [what, ask] of asked) {
        await expect(ask(), what).rejects.toMatchObject({ code: "backup-unusable" });
      }
    });
  });
}

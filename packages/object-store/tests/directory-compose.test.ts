import { randomBytes } from "node:crypto";
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DirectoryStore } from "../src/directory-store.ts";

let scratch: string;
let root: string;
let store: DirectoryStore;

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), "snapdeck-store-"));
  root = join(scratch, "store");
  store = await DirectoryStore.open(root);
});
afterEach(() => rm(scratch, { recursive: true, force: true }));

const bytes = (text: string) => new TextEncoder().encode(text);

describe("A file that is put together of others in a directory", () => {
  test("is a link where there is one: no byte is written, and what it was made of may go", async () => {
    await store.publish("b/1/x.bin", bytes("contents"));
    await store.compose("b/2/deep/down/y.bin", 8, ["b/1/x.bin"]);
    const facts = await Promise.all([lstat(join(root, "b/1/x.bin")), lstat(join(root, "b/2/deep/down/y.bin"))]);
    expect(facts[1]?.ino).toBe(facts[0]?.ino);
    await store.removeAll("b/1");
    expect(await readFile(join(root, "b/2/deep/down/y.bin"), "utf8")).toBe("contents");
  });

  test("has the bytes of several in their order", async () => {
    const parts = [randomBytes(3_000_000), randomBytes(1), randomBytes(70_000)];
    for (const [at, part] of parts.entries()) await store.publish(`b/part-${at}`, part);
    await store.compose("b/whole", 3_070_001, ["b/part-0", "b/part-1", "b/part-2"]);
    expect(Buffer.compare(await readFile(join(root, "b/whole")), Buffer.concat(parts))).toBe(0);
    expect((await lstat(join(root, "b/whole"))).mode & 0o777).toBe(0o600);
  });

  test("is left alone when it is there, and refused when something else is", async () => {
    for (const name of ["one", "two"]) await store.publish(`b/${name}`, bytes(name));
    await store.compose("b/both", 6, ["b/one", "b/two"]);
    await store.compose("b/both", 6, ["b/one", "b/two"]);
    await store.compose("b/linked", 3, ["b/one"]);
    await store.compose("b/linked", 3, ["b/one"]);
    await store.publish("b/other", bytes("longer than that"));
    await expect(store.compose("b/other", 3, ["b/one"])).rejects.toMatchObject({ code: "backup-unusable" });
    expect((await readdir(join(root, "b"))).sort()).toEqual(["both", "linked", "one", "other", "two"]);
  });

  test("takes away what an attempt at it left that was cut off, and nobody else's", async () => {
    for (const name of ["one", "two"]) await store.publish(`b/${name}`, bytes(name));
    const [its, other] = ["both", "another"].map((name) => `.${name}.0b6e2f5c-6f0c-4a41-8f6e-0d2a54a1c9b7.tmp`);
    for (const name of [its, other]) await writeFile(join(root, `b/${name}`), "half");
    await store.compose("b/both", 6, ["b/one", "b/two"]);
    expect((await readdir(join(root, "b"))).sort()).toEqual([other, "both", "one", "two"]);
  });

  test("is not made of files that are missing, of another size, links, or outside of the store", async () => {
    await store.publish("b/one", bytes("one"));
    await mkdir(join(scratch, "outside"));
    await writeFile(join(scratch, "outside/secret"), "secret");
    await symlink(join(scratch, "outside/secret"), join(root, "b/link"));
    await symlink(join(scratch, "outside"), join(root, "b/folder"));
    for (const from of [
      ["b/none"],
      ["none/none"],
      ["b/one", "b/none"],
      ["b/one", "b/one"],
      ["../outside/secret"],
      [],
    ]) {
      await expect(store.compose("b/new", 3, from), from.join()).rejects.toMatchObject({ code: "backup-unusable" });
    }
    for (const from of [["b/link"], ["b/folder/secret"]]) {
      await expect(store.compose("b/new", 6, from), from.join()).rejects.toMatchObject({ code: "store-unavailable" });
    }
    await expect(store.compose("b/folder/new", 3, ["b/one"])).rejects.toMatchObject({ code: "store-unavailable" });
    expect((await readdir(join(root, "b"))).sort()).toEqual(["folder", "link", "one"]);
    expect(await readdir(join(scratch, "outside"))).toEqual(["secret"]);
  });
});

import { createHash, randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import type { StoreUnderTest } from "./object-store-suite.ts";

const MIB = 1024 * 1024;
const never = () => new AbortController().signal;
const bytes = (text: string) => new TextEncoder().encode(text);
const sha256 = (contents: Uint8Array) => createHash("sha256").update(contents).digest("hex");

/** What a store promises of files that are put together of others. */
export function describeComposing(current: () => StoreUnderTest): void {
  async function expectContents(path: string, contents: Uint8Array): Promise<void> {
    const found = await current().store.digest(path, "sha256", never());
    expect(found, path).toEqual({ sizeBytes: contents.length, digest: sha256(contents) });
  }

  test("it copies a file, whoever wrote it, and what it was made of may go", async () => {
    const { store, plant } = current();
    await store.publish("b/1/ours", bytes("contents"));
    await plant("b/1/the engine's +%25 ü", bytes("planted"));
    await store.compose("b/2/deep/down/ours", 8, ["b/1/ours"]);
    await store.compose("b/2/the engine's +%25 ü", 7, ["b/1/the engine's +%25 ü"]);
    await store.removeAll("b/1");
    await expectContents("b/2/deep/down/ours", bytes("contents"));
    expect(await store.read("b/2/deep/down/ours", 100)).toEqual(Buffer.from("contents"));
    expect(await store.read("b/2/the engine's +%25 ü", 100)).toEqual(Buffer.from("planted"));
    await store.sync("b/2");
  });

  test.each([
    ["small files", [3, 1, 70_000]],
    ["one that is large", [6 * MIB, 1]],
    ["a small one before a large one", [70_000, 12 * MIB + 7]],
    ["several of all sizes, the same one twice", [1, 6 * MIB, 6 * MIB, 2 * MIB, 0, 9 * MIB, 5]],
  ])("it puts %s together in their order", async (_, sizes) => {
    const { store, plant } = current();
    const parts = sizes.map((size) => randomBytes(size));
    for (const [at, part] of parts.entries()) await plant(`b/part-${at}`, part);
    const from = parts.map((_, at) => `b/part-${at}`);
    const whole = Buffer.concat(parts);
    await store.compose("b/whole", whole.length, from);
    await expectContents("b/whole", whole);
  });

  test("it leaves alone what is there, and refuses to put something else in its place", async () => {
    const { store, plant } = current();
    for (const name of ["one", "two"]) await plant(`b/${name}`, bytes(name));
    await store.compose("b/both", 6, ["b/one", "b/two"]);
    await store.compose("b/both", 6, ["b/two", "b/one"]);
    await expectContents("b/both", bytes("onetwo"));
    await plant("b/other", bytes("longer than that"));
    for (const from of [["b/one"], ["b/one", "b/two"]]) {
      await expect(store.compose("b/other", from.length * 3, from)).rejects.toMatchObject({ code: "backup-unusable" });
    }
    await expectContents("b/other", bytes("longer than that"));
  });

  test("it makes nothing of files that are missing or of another size", async () => {
    const { store, plant } = current();
    await plant("b/one", bytes("one"));
    for (const from of [["b/none"], ["none/none"], ["b/one", "b/none"], ["b/one", "b/one"], []]) {
      await expect(store.compose("b/new", 3, from), from.join()).rejects.toMatchObject({ code: "backup-unusable" });
    }
    expect(await store.read("b/new", 100)).toBeUndefined();
  });
}

import { execFileSync } from "node:child_process";
import { chmod, link, lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DirectoryStore } from "../src/directory-store.ts";
import { describeStore } from "./object-store-suite.ts";

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
const text = (contents: Uint8Array | undefined) => contents && new TextDecoder().decode(contents);

async function filesOf(prefix: string): Promise<string[]> {
  const files: string[] = [];
  for await (const { path, sizeBytes } of store.files(prefix)) files.push(`${path} ${sizeBytes}`);
  return files.sort();
}

describeStore({
  title: "A directory",
  isExclusive: true,
  hasEnd: true,
  open: async () => {
    const directory = await mkdtemp(join(tmpdir(), "snapdeck-store-"));
    const place = join(directory, "store");
    return {
      store: await DirectoryStore.open(place),
      plant: async (path, contents) => {
        await mkdir(dirname(join(place, path)), { recursive: true });
        await writeFile(join(place, path), contents);
      },
      close: () => rm(directory, { recursive: true, force: true }),
    };
  },
});

describe("Opening a directory as a store", () => {
  test("makes it for its owner alone", async () => {
    const facts = await lstat(root);
    expect(facts.mode & 0o777).toBe(0o700);
    expect(store.name).toBe(root);
    await DirectoryStore.open(root);
  });

  test("is refused when others may enter it", async () => {
    await chmod(root, 0o755);
    await expect(DirectoryStore.open(root)).rejects.toMatchObject({ code: "store-unavailable" });
  });

  test("is refused when it is a link", async () => {
    await symlink(root, join(scratch, "link"));
    await expect(DirectoryStore.open(join(scratch, "link"))).rejects.toMatchObject({ code: "store-unavailable" });
  });

  test.each(["/", "relative/path", homedir()])("is refused for %s", async (directory) => {
    await expect(DirectoryStore.open(directory)).rejects.toMatchObject({ code: "store-unavailable" });
  });

  test("is refused where something else stands", async () => {
    await writeFile(join(scratch, "file"), "");
    await expect(DirectoryStore.open(join(scratch, "file"))).rejects.toMatchObject({ code: "store-unavailable" });
    await expect(DirectoryStore.open(join(scratch, "file/below"))).rejects.toMatchObject({ code: "store-unavailable" });
  });
});

describe("A store in a directory", () => {
  test("makes its files its owner's alone, and leaves nothing beside them", async () => {
    await store.publish("local/b1/manifest.json", bytes("{}"));
    expect(await readdir(join(root, "local/b1"))).toEqual(["manifest.json"]);
    expect((await lstat(join(root, "local/b1/manifest.json"))).mode & 0o777).toBe(0o600);
    await expect(store.publish("local/b1/manifest.json", bytes("other"))).rejects.toThrow("never replaced");
    expect(await readdir(join(root, "local/b1"))).toEqual(["manifest.json"]);
  });

  test("sweeps away what an interrupted publish left, and nothing else", async () => {
    await store.publish("local/b1/manifest.json", bytes("{}"));
    await store.publish("local/b1/a1/.hidden.tmp", bytes("kept"));
    const aside = ".manifest.json.0b6e2f5c-6f0c-4a41-8f6e-0d2a54a1c9b7.tmp";
    await writeFile(join(root, "local/b1", aside), "half");
    await writeFile(join(root, "local/b1/a1", aside), "of another folder");
    await store.sweep("local/b1", "other.json");
    expect(await readdir(join(root, "local/b1"))).toContain(aside);
    await store.sweep("local/b1", "manifest");
    await store.sweep("local/b1");
    await store.sweep("nowhere");
    expect(await filesOf("local")).toEqual(
      [`local/b1/a1/${aside} 17`, "local/b1/a1/.hidden.tmp 4", "local/b1/manifest.json 2"].sort(),
    );
  });
});

describe("A link in a store", () => {
  beforeEach(async () => {
    await mkdir(join(scratch, "outside"));
    await writeFile(join(scratch, "outside/secret"), "secret");
    await mkdir(join(root, "local"));
    await symlink(join(scratch, "outside"), join(root, "local/folder"));
    await symlink(join(scratch, "outside/secret"), join(root, "local/file"));
  });

  test("is not read through", async () => {
    await expect(store.read("local/file", 100)).rejects.toMatchObject({ code: "store-unavailable" });
    await expect(store.read("local/folder/secret", 100)).rejects.toMatchObject({ code: "store-unavailable" });
  });

  test("is not listed, synced or written through", async () => {
    await expect(filesOf("local")).rejects.toMatchObject({ code: "store-unavailable" });
    await expect(filesOf("local/folder")).rejects.toMatchObject({ code: "store-unavailable" });
    await expect(store.sync("local")).rejects.toMatchObject({ code: "store-unavailable" });
    await expect(store.publish("local/folder/new", bytes("x"))).rejects.toMatchObject({ code: "store-unavailable" });
    await expect(store.publish("local/folder/deep/new", bytes("x"))).rejects.toMatchObject({
      code: "store-unavailable",
    });
    await expect(store.removeAll("local/folder")).rejects.toMatchObject({ code: "store-unavailable" });
    expect(await readdir(join(scratch, "outside"))).toEqual(["secret"]);
  });

  test("is itself removed, and what it leads to stays", async () => {
    await store.removeAll("local");
    expect(await readFile(join(scratch, "outside/secret"), "utf8")).toBe("secret");
  });

  test("that is one in the file system's own sense is a file like any other", async () => {
    await link(join(scratch, "outside/secret"), join(root, "hard"));
    expect(text(await store.read("hard", 100))).toBe("secret");
  });
});

describe("A store whose disk is full", () => {
  test("says so, and leaves nothing half written", async (context) => {
    const disk = join(scratch, "disk");
    await mkdir(disk);
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k,mode=700", "tmpfs", disk], { stdio: "ignore" });
    } catch {
      context.skip("a small disk can be mounted by root only");
    }
    try {
      const full = await DirectoryStore.open(join(disk, "store"));
      await full.publish("local/small", bytes("x"));
      await expect(full.publish("local/large", new Uint8Array(512 * 1024))).rejects.toMatchObject({
        code: "disk-full",
      });
      expect(await full.read("local/large", 1_000_000)).toBeUndefined();
      expect(await readdir(join(disk, "store/local"))).toEqual(["small"]);
    } finally {
      execFileSync("umount", [disk]);
    }
  });
});

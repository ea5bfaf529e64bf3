import { execFile, execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdirSync, readlinkSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { EngineChecksum } from "@snapdeck/engine-checksum/engine-checksum";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DirectoryStore } from "../src/directory-store.ts";

const MIB = 1024 * 1024;
const NEVER = new AbortController().signal;

let scratch: string;
let root: string;
let store: DirectoryStore;

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), "snapdeck-digest-"));
  root = join(scratch, "store");
  store = await DirectoryStore.open(root);
  await mkdir(join(root, "local/b1"), { recursive: true });
});
afterEach(() => rm(scratch, { recursive: true, force: true }));

async function put(path: string, contents: Uint8Array): Promise<void> {
  await writeFile(join(root, path), contents);
}

const sha256 = (contents: Uint8Array) => createHash("sha256").update(contents).digest("hex");
const clickhouse = (contents: Uint8Array) => new EngineChecksum().update(contents).hex();

/** Whether this process, in any of its threads, has that file open. */
function isOpen(path: string): boolean {
  return readdirSync("/proc/self/fd").some((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === join(root, path);
    } catch {
      return false;
    }
  });
}

describe("Digesting a file of a store", () => {
  test.each([0, 1, 2_047, 2_048, 2_049, MIB - 1, MIB, MIB + 1, 9 * MIB + 5])("of %i bytes", async (sizeBytes) => {
    const contents = randomBytes(sizeBytes);
    await put("local/b1/file", contents);
    const heard: number[] = [];
    expect(await store.digest("local/b1/file", "clickhouse", NEVER, (bytes) => heard.push(bytes))).toEqual({
      sizeBytes,
      digest: clickhouse(contents),
    });
    expect(heard[0], "it hears that it began").toBe(0);
    expect(heard.reduce((sum, bytes) => sum + bytes, 0)).toBe(sizeBytes);
    expect(await store.digest("local/b1/file", "sha256", NEVER)).toEqual({ sizeBytes, digest: sha256(contents) });
  });

  test("gives each of many its own, whoever asks for both kinds at once", async () => {
    const files = Array.from({ length: 40 }, (_, at) => ({ path: `local/b1/f${at}`, contents: randomBytes(at * 777) }));
    for (const { path, contents } of files) await put(path, contents);
    const found = await Promise.all(
      files.flatMap(({ path }) => [store.digest(path, "clickhouse", NEVER), store.digest(path, "sha256", NEVER)]),
    );
    expect(found.map((each) => each?.digest)).toEqual(
      files.flatMap(({ contents }) => [clickhouse(contents), sha256(contents)]),
    );
  });

  test("answers nothing for a file that is not there", async () => {
    expect(await store.digest("local/b1/none", "sha256", NEVER)).toBeUndefined();
    expect(await store.digest("local/none/file", "clickhouse", NEVER)).toBeUndefined();
  });

  test("goes through no link, and waits for no pipe", async () => {
    await mkdir(join(scratch, "outside"));
    await writeFile(join(scratch, "outside/secret"), "secret");
    await symlink(join(scratch, "outside"), join(root, "local/folder"));
    await symlink(join(scratch, "outside/secret"), join(root, "local/file"));
    execFileSync("mkfifo", [join(root, "local/pipe")]);
    for (const path of ["local/folder/secret", "local/file", "local/pipe", "local/b1"]) {
      await expect(store.digest(path, "sha256", NEVER), path).rejects.toMatchObject({ code: "store-unavailable" });
    }
    await expect(store.digest("../outside/secret", "sha256", NEVER)).rejects.toMatchObject({ code: "backup-unusable" });
  });

  test.runIf(process.platform === "linux")("goes on while the main thread does something else", async () => {
    await put("local/b1/large", Buffer.alloc(64 * MIB, "x"));
    const begun = new EventTarget();
    const heard = once(begun, "bytes");
    const digest = store.digest("local/b1/large", "clickhouse", NEVER, () => begun.dispatchEvent(new Event("bytes")));
    await heard;
    // From here to the end of the loop this thread runs nothing else: whoever reads the file and closes it is another one.
    const deadline = performance.now() + 60_000;
    while (isOpen("local/b1/large"))
      if (performance.now() > deadline) throw new Error("nobody read the file to its end");
    expect(await digest).toEqual({ sizeBytes: 64 * MIB, digest: clickhouse(Buffer.alloc(64 * MIB, "x")) });
  });

  test.runIf(process.platform === "linux")(
    "ends when it is told to, leaves no file open, and others go on",
    async () => {
      await put("local/b1/large", Buffer.alloc(128 * MIB));
      await put("local/b1/small", Buffer.from("small"));
      const stop = new AbortController();
      const [large, waiting, small] = await Promise.allSettled([
        store.digest("local/b1/large", "sha256", stop.signal, () => stop.abort()),
        store.digest("local/b1/large", "sha256", stop.signal),
        store.digest("local/b1/small", "sha256", NEVER),
      ]);
      expect(large).toEqual({ status: "rejected", reason: stop.signal.reason });
      expect(waiting).toEqual(large);
      expect(small).toMatchObject({ value: { sizeBytes: 5, digest: sha256(Buffer.from("small")) } });
      await expect(store.digest("local/b1/small", "sha256", stop.signal)).rejects.toBe(stop.signal.reason);
      while (isOpen("local/b1/large")) await new Promise((resolve) => setImmediate(resolve));
    },
  );

  test("of a file that the disk cannot read says which, and the store goes on", async (context) => {
    await put("local/b1/bad", randomBytes(3 * MIB));
    const script = `
      import { DirectoryStore } from ${JSON.stringify(new URL("../src/directory-store.ts", import.meta.url).href)};
      const store = await DirectoryStore.open(${JSON.stringify(root)});
      const { signal } = new AbortController();
      const outcome = await store.digest("local/b1/bad", "clickhouse", signal).catch(({ code, detail }) => ({ code, detail }));
      process.stdout.write(JSON.stringify(outcome));`;
    const node = [process.execPath, "--import", "tsx", "--input-type=module", "-e", script];
    const strace = [
      "-f",
      "-qq",
      "-o",
      "/dev/null",
      "-P",
      join(root, "local/b1/bad"),
      "-e",
      "inject=read:error=EIO:when=2+",
    ];
    await promisify(execFile)("strace", ["-qq", "-o", "/dev/null", "true"]).catch(() =>
      context.skip("strace is not there, or may not trace"),
    );
    const { stdout } = await promisify(execFile)("strace", [...strace, ...node]);
    expect(JSON.parse(stdout)).toEqual({
      code: "store-unavailable",
      detail: `the store ${root} failed with EIO while reading local/b1/bad`,
    });
  });
});

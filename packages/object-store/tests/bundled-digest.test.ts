import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);
const ESBUILD = fileURLToPath(new URL("../../../node_modules/.bin/esbuild", import.meta.url));
const sources = fileURLToPath(new URL("../src/", import.meta.url));

test("A store digests from a bundle too, by the thread that stands beside it", async () => {
  const scratch = await mkdtemp(join(tmpdir(), "snapdeck-bundle-"));
  try {
    const entries = [`store=${join(sources, "directory-store.ts")}`, join(sources, "digest-worker.mjs")];
    const options = [
      "--bundle",
      "--splitting",
      "--platform=node",
      "--target=node20",
      "--format=esm",
      "--log-level=error",
    ];
    await run(ESBUILD, [
      ...entries,
      ...options,
      `--outdir=${scratch}`,
      "--entry-names=[name]",
      "--out-extension:.js=.mjs",
    ]);
    await writeFile(
      join(scratch, "ask.mjs"),
      `import { DirectoryStore } from "./store.mjs";
       const store = await DirectoryStore.open(${JSON.stringify(join(scratch, "store"))});
       await store.publish("file", Buffer.from("contents"));
       const { digest } = await store.digest("file", "sha256", new AbortController().signal);
       process.stdout.write(digest);`,
    );
    const { stdout } = await run(process.execPath, [join(scratch, "ask.mjs")]);
    expect(stdout).toBe(createHash("sha256").update("contents").digest("hex"));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
});

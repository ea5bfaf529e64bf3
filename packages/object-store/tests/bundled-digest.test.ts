import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { expect, test } from "vitest";

const sources = fileURLToPath(new URL("../src/", import.meta.url));

test("A store digests from a bundle too, by the thread that stands beside it", async () => {
  const scratch = await mkdtemp(join(tmpdir(), "snapdeck-bundle-"));
  try {
    await build({
      entryPoints: { store: join(sources, "directory-store.ts"), "digest-worker": join(sources, "digest-worker.mjs") },
      outdir: scratch,
      outExtension: { ".js": ".mjs" },
      bundle: true,
      splitting: true,
      platform: "node",
      target: "node20",
      format: "esm",
      logLevel: "error",
    });
    await writeFile(
      join(scratch, "ask.mjs"),
      `import { DirectoryStore } from "./store.mjs";
       const store = await DirectoryStore.open(${JSON.stringify(join(scratch, "store"))});
       await store.publish("file", Buffer.from("contents"));
       const { digest } = await store.digest("file", "sha256", new AbortController().signal);
       process.stdout.write(digest);`,
    );
    const { stdout } = await promisify(execFile)(process.execPath, [join(scratch, "ask.mjs")]);
    expect(stdout).toBe(createHash("sha256").update("contents").digest("hex"));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
});

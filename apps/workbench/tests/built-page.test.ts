import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import type { Manifest } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/** The JavaScript that a page may need before it shows, gzipped, in bytes (the budget of architecture.md section 12). */
const BUDGET_BYTES = 180_000;

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const vite = join(dirname(createRequire(import.meta.url).resolve("vite/package.json")), "bin/vite.js");

describe("The built page", () => {
  let outDir: string;
  let manifest: Manifest;

  beforeAll(async () => {
    outDir = await mkdtemp(join(tmpdir(), "snapdeck-workbench-"));
    // A process of its own: the runner's NODE_ENV would build React for development.
    await promisify(execFile)(process.execPath, [vite, "build", "--outDir", outDir, "--emptyOutDir", "--manifest"], {
      cwd: root,
      env: { ...process.env, NODE_ENV: "production" },
    });
    manifest = JSON.parse(await readFile(join(outDir, ".vite/manifest.json"), "utf8"));
  });
  afterAll(() => rm(outDir, { recursive: true, force: true }));

  /** The files that are loaded before the page shows: its own, the entry's, and all that those import. */
  async function gzipBytes(page: string): Promise<number> {
    const found = new Set<string>();
    const visit = (source: string): void => {
      if (found.has(source)) return;
      found.add(source);
      for (const next of manifest[source]?.imports ?? []) visit(next);
    };
    visit("index.html");
    visit(page);
    const sizes = [...found].map(async (source) => {
      const chunk = manifest[source];
      if (chunk === undefined) throw new Error(`the build made nothing of ${source}`);
      return gzipSync(await readFile(join(outDir, chunk.file))).length;
    });
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  }

  test.each([
    "sign-in/sign-in-page",
    "cluster/cluster-page",
    "snapshots/snapshots-page",
    "sql/sql-page",
    "jobs/jobs-page",
  ])("needs at most 180 kB of JavaScript to open %s", async (page) =>
    expect(await gzipBytes(`src/features/${page}.tsx`)).toBeLessThanOrEqual(BUDGET_BYTES),
  );

  test("has no inline script and no inline style, which the Content-Security-Policy would refuse", async () => {
    const html = await readFile(join(outDir, "index.html"), "utf8");
    for (const [tag] of html.matchAll(/<script[^>]*>/g)) expect(tag).toContain(" src=");
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|data:/);
  });
});

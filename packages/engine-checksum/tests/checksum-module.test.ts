import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));

test("The module that is kept is what its source compiles to", async () => {
  const scratch = await mkdtemp(join(tmpdir(), "snapdeck-checksum-"));
  try {
    const fresh = join(scratch, "checksum-module.ts");
    await promisify(execFile)(process.execPath, ["build-wasm.mjs", fresh], { cwd: PACKAGE });
    expect(await readFile(fresh, "utf8")).toBe(await readFile(join(PACKAGE, "src/checksum-module.ts"), "utf8"));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
});

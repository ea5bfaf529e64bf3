import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../setup/root.mjs";

/**
 * Every file of the repository that git tracks or would track: relative to the top folder, generated and ignored ones left out.
 * Files that were deleted and not committed yet are left out too.
 */
export function trackedFiles(): string[] {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  return [...new Set(listed.split("\0"))].filter((path) => path !== "" && existsSync(join(ROOT, path)));
}

export function readTracked(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

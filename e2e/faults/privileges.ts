import { spawnSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** `mount`: root that may mount a small disk. `strace`: a program that may look into our processes and spoil their system calls. */
export type Need = "mount" | "strace";

const known = new Map<Need, string | undefined>();

/** Why this machine does not allow it; undefined when it does. Tried once. */
export function whyNot(need: Need): string | undefined {
  if (!known.has(need)) known.set(need, need === "mount" ? whyNoMount() : whyNoStrace());
  return known.get(need);
}

function whyNoMount(): string | undefined {
  if (process.getuid?.() !== 0) return "a small disk can be mounted by root only";
  const place = mkdtempSync(join(tmpdir(), "snapdeck-mount-"));
  const { status, stderr } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", place], { encoding: "utf8" });
  if (status === 0) spawnSync("umount", [place]);
  rmdirSync(place);
  return status === 0 ? undefined : `a small disk cannot be mounted here: ${stderr?.trim() || "there is no mount"}`;
}

function whyNoStrace(): string | undefined {
  const { error, status, stderr } = spawnSync(
    "strace",
    ["-f", "-e", "trace=write", "-e", "inject=write:error=EIO:when=65535", "-o", "/dev/null", "true"],
    { encoding: "utf8" },
  );
  if (error !== undefined) return "strace is not installed";
  return status === 0 ? undefined : `strace may not look into processes here: ${stderr.trim()}`;
}

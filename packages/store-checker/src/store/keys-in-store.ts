import { realpath } from "node:fs/promises";
import { relative } from "node:path";
import type { Findings } from "../findings.ts";

/** A key beside what it signs proves nothing: whoever can change the one can read the other. */
export async function refuseKeysInStore(
  { storeRoot, keyFile, keysDir }: { storeRoot: string; keyFile?: string | undefined; keysDir?: string | undefined },
  findings: Findings,
): Promise<void> {
  const keys = keyFile ?? keysDir;
  if (keys === undefined) return;
  findings.looked("I5");
  const path = relative(await realOf(storeRoot), await realOf(keys));
  if (path === ".." || path.startsWith("../")) return;
  findings.broken({
    invariant: "I5",
    kind: "key-in-store",
    subject: path === "" ? "the store's root" : path,
    detail: "holds the key that signs, inside the store",
  });
}

function realOf(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}

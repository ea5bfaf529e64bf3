import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { BackupId } from "@snapdeck/contract/scalars";
import { CLUSTER_ID } from "../harness/api.ts";

/** Every file and every empty folder below a folder, relative to it. */
export function entriesBelow(root: string): string[] {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  const names = entries.map((entry) => ({
    name: join(entry.parentPath, entry.name).slice(root.length + 1),
    isFolder: entry.isDirectory(),
  }));
  return names
    .filter(({ name, isFolder }) => !isFolder || !names.some((other) => other.name.startsWith(`${name}/`)))
    .map(({ name, isFolder }) => (isFolder ? `${name}/` : name))
    .toSorted();
}

/** What is on the store and belongs to no listed backup. Of a listed one: manifest, proofs and one attempt. */
export function filesNobodyOwns(storeRoot: string, listed: readonly BackupId[]): string[] {
  return entriesBelow(storeRoot).filter((name) => {
    const [cluster, backupId, inside = "", ...rest] = name.split("/");
    if (cluster !== CLUSTER_ID) return true;
    if (backupId === undefined || backupId === "") return rest.length > 0 || inside !== "";
    if (!listed.some((id) => id === backupId)) return true;
    if (inside === "manifest.json") return rest.length > 0;
    if (inside === "proofs") return !/^(?:|\d+-L[23]-[a-z0-9]+\.json)$/.test(rest.join("/"));
    return !/^a\d+-[a-z0-9]+$/.test(inside) || rest.at(-1) === ".lock";
  });
}

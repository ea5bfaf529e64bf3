import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { BackupId, ClusterId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { BackupPlace, StoreLook } from "./store-look.ts";
import { type Entry, entriesOf } from "./store-walk.ts";
import { reasonOf } from "./stored-file.ts";

/** A file system that is mounted as a store brings this folder along. */
const NOT_OURS_AND_HARMLESS = "lost+found";

/**
 * Who owns the store.
 * @throws {SnapdeckError} `store-unavailable` when there is no directory
 */
export async function ownerOf(storeRoot: string): Promise<number> {
  try {
    const facts = await lstat(storeRoot);
    if (facts.isDirectory()) return facts.uid;
  } catch (cause) {
    throw new SnapdeckError("store-unavailable", `the store ${storeRoot} cannot be read (${reasonOf(cause)})`, {
      hint: "Name the directory that holds the backups.",
      cause,
    });
  }
  throw new SnapdeckError("store-unavailable", `the store ${storeRoot} is a link or no directory`, {
    hint: "Name the directory itself: a store is a real directory.",
  });
}

/** Checks the store's root and the clusters' folders; answers the folder of every backup there, listed or not. */
export async function checkStoreRoot(look: StoreLook, clusterId: string | undefined): Promise<BackupPlace[]> {
  const { mode } = await lstat(look.storeRoot);
  look.findings.looked("I20");
  if ((mode & 0o077) !== 0) {
    look.findings.broken({
      invariant: "I20",
      kind: "store-open",
      subject: "the store's root",
      detail: `others may enter it (mode ${(mode & 0o777).toString(8).padStart(4, "0")}), and whoever writes there leads a restore`,
    });
  }
  const places: BackupPlace[] = [];
  for await (const entry of entriesOf(look.storeRoot, look.pace)) {
    if (entry.name === NOT_OURS_AND_HARMLESS && entry.kind === "folder") continue;
    if (!isOurs(look, entry, entry.name)) continue;
    if (entry.kind !== "folder" || !ClusterId.safeParse(entry.name).success) stranger(look, entry.name);
    else if (clusterId === undefined || clusterId === entry.name) places.push(...(await backupsOf(look, entry.name)));
  }
  return places;
}

async function backupsOf(look: StoreLook, clusterId: string): Promise<BackupPlace[]> {
  const places: BackupPlace[] = [];
  for await (const entry of entriesOf(join(look.storeRoot, clusterId), look.pace)) {
    const backup = `${clusterId}/${entry.name}`;
    if (!isOurs(look, entry, backup)) continue;
    if (entry.kind !== "folder" || !BackupId.safeParse(entry.name).success) stranger(look, backup);
    else places.push({ clusterId, backupId: entry.name, backup });
  }
  return places;
}

/** Says that something stands where we put nothing. */
export function stranger(look: StoreLook, path: string, backup?: string): void {
  look.findings.broken({
    invariant: "I4",
    kind: "stranger",
    subject: path,
    detail: "Snapdeck puts nothing of that name there, so nothing owns it",
    ...(backup === undefined ? {} : { backup }),
  });
}

/** Whether an entry is a file or a folder of the store's owner. Says so when it is not; then nobody should look into it. */
export function isOurs(look: StoreLook, entry: Entry, path: string, backup?: string): boolean {
  look.findings.looked("I20");
  const broken = { invariant: "I20" as const, subject: path, ...(backup === undefined ? {} : { backup }) };
  if (entry.kind === "other") {
    look.findings.broken({ ...broken, kind: "link", detail: "is a link or a special file, which could lead anywhere" });
    return false;
  }
  if (entry.uid !== look.uid) {
    const detail = `belongs to user ${entry.uid}, and the store to user ${look.uid}`;
    look.findings.broken({ ...broken, kind: "foreign-owner", detail });
    return false;
  }
  return true;
}

import { createHash } from "node:crypto";
import { DatabaseBackupInfo, type DatabaseBackupName } from "@snapdeck/contract/database-backup";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { ReadInfo } from "@snapdeck/core/ports/database-backup-store";
import type { ObjectStore } from "@snapdeck/core/ports/object-store";
import type { UnsignedInfo } from "@snapdeck/core/snapshots/plan-steps";
import { infoPath } from "./backup-paths.ts";
import { stampOf } from "./file-stamp.ts";

/** Encrypts and signs text with a key that is not in the store. */
export type Sealer = {
  seal(text: string): string | Promise<string>;
  /** Throws when the text was not sealed with this key or was changed since. */
  unseal(sealed: string): string | Promise<string>;
};

/** The largest info that is read: some ten thousand snapshots. */
const MAX_INFO_BYTES = 32 * 1024 * 1024;

/** What its signature begins with, so that one of another kind of document does not fit. */
const ABOUT = "snapdeck-database-backup";

/** The bytes of a signed `ki_backup_info.json`. */
export async function encodeInfo(sealer: Sealer, info: UnsignedInfo): Promise<Uint8Array> {
  const signature = await sealer.seal(signedText(info));
  const bytes = new TextEncoder().encode(
    `${JSON.stringify(DatabaseBackupInfo.parse({ ...info, signature }), undefined, 1)}\n`,
  );
  if (bytes.length <= MAX_INFO_BYTES) return bytes;
  throw new SnapdeckError("not-supported", `the backup has too many snapshots to be listed: ${info.snapshots.length}`, {
    hint: "ALTER BACKUP ... MERGE makes one of them.",
  });
}

/**
 * What makes a backup exist; undefined when there is none of that name.
 * @throws {SnapdeckError} `backup-unusable` when what stands there is no info, or that of another backup; `store-unavailable`
 */
export async function readInfo(
  store: ObjectStore,
  sealer: Sealer,
  name: DatabaseBackupName,
): Promise<ReadInfo | undefined> {
  const path = infoPath(name);
  const bytes = await store.read(path, MAX_INFO_BYTES);
  if (bytes === undefined) return undefined;
  const info = parsed(path, bytes);
  if (info.name !== name) throw unusable(`${path} is the info of a backup ${info.name}`);
  return { info, standing: stampOf(bytes), isSigned: await isSigned(sealer, info) };
}

function parsed(path: string, bytes: Uint8Array): DatabaseBackupInfo {
  try {
    return DatabaseBackupInfo.parse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  } catch (cause) {
    throw unusable(`${path} cannot be read: it is not what Snapdeck writes there`, cause);
  }
}

async function isSigned(sealer: Sealer, { signature, ...info }: DatabaseBackupInfo): Promise<boolean> {
  if (signature === undefined) return false;
  try {
    return (await sealer.unseal(signature)) === signedText(info);
  } catch {
    return false;
  }
}

function signedText(info: UnsignedInfo): string {
  return `${ABOUT} ${createHash("sha256").update(canonicalJson(info)).digest("hex")}`;
}

/** JSON with the members of every object in the order of their names, so that equal values give equal text. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => {
    if (typeof member !== "object" || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([one], [other]) => (one < other ? -1 : 1)));
  });
}

function unusable(what: string, cause?: unknown): SnapdeckError {
  return new SnapdeckError("backup-unusable", what, { hint: "Find out who touched the store.", cause });
}

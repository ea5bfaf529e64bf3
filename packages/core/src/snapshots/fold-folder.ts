import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { byBytes, bytesKey, type EngineEntry, type EngineMetadata, ownBytes, ownPath } from "./engine-metadata.ts";
import { foldedName } from "./locate-part.ts";

/** One of the engine's backups that is about to go. */
export type Leaving = { readonly id: number; readonly metadata: EngineMetadata };

/** A file to be made in the folder, of files in it or in those that leave. */
export type Composed = {
  readonly name: string;
  readonly sizeBytes: number;
  readonly from: readonly { readonly id: number; readonly name: string }[];
};

export type FoldedFolder = {
  readonly metadata: EngineMetadata;
  readonly composed: readonly Composed[];
  /** Names of files in the folder that the old account led to and the new one does not. */
  readonly dropped: readonly string[];
};

/**
 * Rewrites the engine's account of one folder so that it needs none of `leaving`, which stand between it and the base that stays, the
 * nearest first. What they held for it is taken over under new names, so nothing that the old account speaks of changes.
 * @throws {SnapdeckError} `backup-unusable` when the chain is not what the accounts say
 */
export function foldFolder(
  id: number,
  metadata: EngineMetadata,
  leaving: readonly [Leaving, ...Leaving[]],
): FoldedFolder {
  const chain = reached(metadata, leaving);
  const accounts = chain.map((each) => ({ id: each.id, files: byBytes(each.metadata) }));
  const composed = new Map<string, Composed>();
  const files = metadata.files.map((file) => foldFile(id, file, accounts, composed));
  const { base: _, ...rest } = metadata;
  const base = chain.at(-1)?.metadata.base ?? undefined;
  const led = new Set(files.filter((file) => ownBytes(file) > 0).map(ownPath));
  const dropped = metadata.files.filter((file) => ownBytes(file) > 0 && !led.has(ownPath(file))).map(ownPath);
  return {
    metadata: chain.length === 0 ? metadata : { ...rest, ...(base === undefined ? {} : { base }), files },
    composed: [...composed.values()],
    dropped: [...new Set(dropped)],
  };
}

/** Those of `leaving` that the folder really takes bytes from: it may have been written in full where they were not. */
function reached(metadata: EngineMetadata, leaving: readonly Leaving[]): Leaving[] {
  const chain: Leaving[] = [];
  let base = metadata.base;
  for (const each of leaving) {
    if (base === undefined) break;
    if (base.uuid !== each.metadata.uuid)
      throw broken(`its base is ${base.uuid}, and snapshot ${each.id} is ${each.metadata.uuid}`);
    chain.push(each);
    base = each.metadata.base;
  }
  return chain;
}

function foldFile(
  id: number,
  file: EngineEntry,
  accounts: readonly { readonly id: number; readonly files: ReadonlyMap<string, EngineEntry> }[],
  composed: Map<string, Composed>,
): EngineEntry {
  const from: { id: number; name: string }[] = [];
  let need = file.base;
  for (const account of accounts) {
    if (need === undefined) break;
    const found = account.files.get(bytesKey(need));
    if (found === undefined) throw broken(`${file.name} needs bytes that snapshot ${account.id} does not hold`);
    if (ownBytes(found) > 0) from.unshift({ id: account.id, name: ownPath(found) });
    need = found.base;
  }
  const [first] = from;
  if (first === undefined) return file;
  if (ownBytes(file) > 0) from.push({ id, name: ownPath(file) });
  const start = need?.sizeBytes ?? 0;
  const dataFile = from.length === 1 ? foldedName(first.id, first.name) : `joined/${start}/${file.name}`;
  composed.set(dataFile, { name: dataFile, sizeBytes: file.sizeBytes - start, from });
  const { name, sizeBytes, checksum } = file;
  return {
    name,
    sizeBytes,
    ...(checksum === undefined ? {} : { checksum }),
    ...(need === undefined ? {} : { base: need }),
    dataFile,
  };
}

function broken(why: string): SnapdeckError {
  return new SnapdeckError("backup-unusable", `the chain of the snapshots is broken: ${why}; nothing was changed`, {
    hint: "Verify the backup, and begin it anew with CREATE BACKUP and RECREATE.",
  });
}

import type { EngineEntry, EngineMetadata } from "../snapshots/engine-metadata.ts";
import { byBytes, bytesKey, ownBytes, ownPath } from "../snapshots/engine-metadata.ts";
import { printEngineMetadata } from "../snapshots/print-engine-metadata.ts";

/** Files by their path; text stands for bytes, one character each. */
export type Files = Map<string, string>;

/** What chance and arithmetic the model needs: 32 hexadecimal digits that differ with the text, and names that nothing else has. */
export type EngineTools = { checksum(text: string): string; newUuid(): string };

/**
 * The engine's own account of backups, as a model for tests. Takes a backup as the engine does: a file that the base holds is taken from there, one that grew takes its beginning from there, and
 * equal files share one copy.
 */
export function engineBackup(
  store: Files,
  folder: string,
  live: Files,
  baseFolder: string | undefined,
  { checksum, newUuid }: EngineTools,
): void {
  const base = baseFolder === undefined ? undefined : readMetadata(store, baseFolder);
  const known = base === undefined ? undefined : byBytes(base);
  const entries = new Map<string, EngineEntry>();
  const files = [...live].sort().map(([name, text]): EngineEntry => {
    if (text === "") return { name, sizeBytes: 0 };
    const bytes = { sizeBytes: text.length, checksum: checksum(text) };
    const equal = entries.get(bytesKey(bytes));
    if (equal !== undefined) {
      return { ...equal, name, ...(ownBytes(equal) > 0 ? { dataFile: ownPath(equal) } : {}) };
    }
    const begins = base?.files.find(
      (file) => file.name === name && file.sizeBytes > 0 && grewFrom(text, file, checksum),
    );
    const from = known?.get(bytesKey(bytes)) ?? begins;
    const entry: EngineEntry =
      from?.checksum === undefined
        ? { name, ...bytes }
        : { name, ...bytes, base: { sizeBytes: from.sizeBytes, checksum: from.checksum } };
    if (ownBytes(entry) > 0) store.set(`${folder}/${name}`, text.slice(entry.base?.sizeBytes ?? 0));
    entries.set(bytesKey(bytes), entry);
    return entry;
  });
  const metadata: EngineMetadata = {
    uuid: newUuid(),
    timestamp: "2026-11-22 14:00:00",
    deduplicated: true,
    ...(base === undefined ? {} : { base: { locator: `File('${baseFolder}')`, uuid: base.uuid } }),
    files,
  };
  store.set(`${folder}/.backup`, printEngineMetadata(metadata));
}

/** Restores as the engine does, which knows nothing but its own metadata. */
export function engineRestore(store: Files, folder: string): Files {
  const known = new Map<string, EngineMetadata>();
  const read = (at: string): EngineMetadata => {
    const metadata = known.get(at) ?? readMetadata(store, at);
    known.set(at, metadata);
    return metadata;
  };
  return new Map(read(folder).files.map((file) => [file.name, readBytes(store, folder, file, read)]));
}

export function readMetadata(store: Files, folder: string): EngineMetadata {
  return parsePrinted(present(store, `${folder}/.backup`));
}

/** Reads what `printEngineMetadata` writes, and nothing else. */
export function parsePrinted(text: string): EngineMetadata {
  const one = (from: string, tag: string) =>
    new RegExp(`<${tag}>(.*?)</${tag}>`)
      .exec(from)?.[1]
      ?.replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">")
      .replaceAll("&amp;", "&");
  const head = text.slice(0, text.indexOf("<contents>"));
  const [locator, baseUuid] = [one(head, "base_backup"), one(head, "base_backup_uuid")];
  const copies =
    one(head, "base_backup_copy_s3_credentials_from_backup") === "true" ? { copiesCredentials: true as const } : {};
  const files = [...text.matchAll(/<file>(.*?)<\/file>/g)].map(([, file = ""]): EngineEntry => {
    const [sum, dataFile] = [one(file, "checksum"), one(file, "data_file")];
    const sizeBytes = Number(one(file, "size"));
    const base = {
      sizeBytes: Number(one(file, "base_size") ?? sizeBytes),
      checksum: one(file, "base_checksum") ?? sum ?? "",
    };
    return {
      name: one(file, "name") ?? "",
      sizeBytes,
      ...(sum === undefined ? {} : { checksum: sum }),
      ...(one(file, "use_base") === undefined ? {} : { base }),
      ...(dataFile === undefined ? {} : { dataFile }),
    };
  });
  return {
    uuid: one(head, "uuid") ?? "",
    timestamp: one(head, "timestamp") ?? "",
    deduplicated: one(head, "deduplicate_files") === "1",
    ...(locator === undefined || baseUuid === undefined ? {} : { base: { locator, uuid: baseUuid, ...copies } }),
    files,
  };
}

function readBytes(store: Files, folder: string, file: EngineEntry, read: (folder: string) => EngineMetadata): string {
  const own = ownBytes(file) === 0 ? "" : present(store, `${folder}/${ownPath(file)}`);
  if (file.base === undefined) return own;
  const { base } = read(folder);
  const baseFolder = /^File\('(.*)'\)$/.exec(base?.locator ?? "")?.[1] ?? "";
  const metadata = read(baseFolder);
  if (metadata.uuid !== base?.uuid) throw new Error(`WRONG_BASE_BACKUP of ${folder}`);
  const found = byBytes(metadata).get(bytesKey(file.base));
  if (found === undefined) throw new Error(`${baseFolder} does not hold the base of ${folder}/${file.name}`);
  return readBytes(store, baseFolder, found, read) + own;
}

export function present(store: Files, path: string): string {
  const text = store.get(path);
  if (text === undefined) throw new Error(`${path} is not there`);
  return text;
}

function grewFrom(
  text: string,
  { sizeBytes, checksum: before }: EngineEntry,
  checksum: EngineTools["checksum"],
): boolean {
  return sizeBytes < text.length && checksum(text.slice(0, sizeBytes)) === before;
}

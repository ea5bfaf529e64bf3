import { StorePath } from "@snapdeck/contract/store-path";
import type { EngineEntry, EngineMetadata } from "@snapdeck/core/snapshots/engine-metadata";
import { z } from "zod";
import { assertBounded, MAX_METADATA_BYTES, MetadataChecksum, MetadataSize } from "../engine-metadata.ts";
import { readMetadataXml } from "../metadata-xml.ts";

/** What stands before the files; an element that newer engines add says nothing that is needed here. */
const HeadElements = z.object({
  deduplicate_files: z.enum(["0", "1"]),
  timestamp: z.string().min(1).max(64),
  uuid: z.uuid(),
  /** In the engine's SQL, a few paths long at most. */
  base_backup: z.string().min(1).max(8192).optional(),
  base_backup_uuid: z.uuid().optional(),
  base_backup_copy_s3_credentials_from_backup: z.enum(["true", "false"]).optional(),
});

const FileElements = z.strictObject({
  name: StorePath,
  size: MetadataSize,
  checksum: MetadataChecksum.optional(),
  use_base: z.literal("true").optional(),
  base_size: MetadataSize.optional(),
  base_checksum: MetadataChecksum.optional(),
  data_file: StorePath.optional(),
});
type FileElements = z.infer<typeof FileElements>;

/**
 * Reads the `.backup` of a backup that may build on another one, as strictly as that of a System Backup is read. Throws an Error that
 * says what is wrong with it.
 */
export const metadataReader = { maxBytes: MAX_METADATA_BYTES, parse: parseSnapshotMetadata } as const;

function parseSnapshotMetadata(contents: Uint8Array): EngineMetadata {
  assertBounded(contents);
  const xml = readMetadataXml(contents);
  const head = HeadElements.safeParse(Object.fromEntries(xml.head));
  if (!head.success) throw new Error("it does not say which backup it is");
  const { base_backup: locator, base_backup_uuid: baseUuid } = head.data;
  const copies =
    head.data.base_backup_copy_s3_credentials_from_backup === "true" ? { copiesCredentials: true as const } : {};
  if ((locator === undefined) !== (baseUuid === undefined)) throw new Error("it tells half of what it builds on");
  const files = new Map<string, EngineEntry>();
  for (const elements of xml.files) {
    const file = parseFile(elements);
    if (files.has(file.name)) throw new Error(`it names ${file.name} twice`);
    if (file.base !== undefined && locator === undefined)
      throw new Error(`${file.name} takes bytes from another backup, and there is none that it builds on`);
    files.set(file.name, file);
  }
  return {
    uuid: head.data.uuid,
    timestamp: head.data.timestamp,
    deduplicated: head.data.deduplicate_files === "1",
    ...(locator === undefined || baseUuid === undefined ? {} : { base: { locator, uuid: baseUuid, ...copies } }),
    files: [...files.values()],
  };
}

function parseFile(elements: ReadonlyMap<string, string>): EngineEntry {
  const parsed = FileElements.safeParse(Object.fromEntries(elements));
  if (!parsed.success) throw refused(elements);
  const { name, size, checksum, data_file } = parsed.data;
  if (size > 0 !== (checksum !== undefined)) throw refused(elements);
  const base = baseOf(parsed.data);
  if (base !== undefined && (base.sizeBytes > size || base.sizeBytes === 0)) throw refused(elements);
  return {
    name,
    sizeBytes: size,
    ...(checksum === undefined ? {} : { checksum }),
    ...(base === undefined ? {} : { base }),
    ...(data_file === undefined ? {} : { dataFile: data_file }),
  };
}

/** Without a size of its own, what comes from the base is all of the file. */
function baseOf({ size, checksum, use_base, base_size, base_checksum }: FileElements): EngineEntry["base"] {
  if ((base_size === undefined) !== (base_checksum === undefined)) throw new Error("it tells half of a base's bytes");
  if (use_base === undefined) {
    if (base_size !== undefined) throw new Error("it tells of a base's bytes and takes none");
    return undefined;
  }
  const sum = base_checksum ?? checksum;
  return sum === undefined ? undefined : { sizeBytes: base_size ?? size, checksum: sum };
}

function refused(elements: ReadonlyMap<string, string>): Error {
  return new Error(`it holds a file that is refused: ${JSON.stringify(elements.get("name") ?? "")}`);
}

import { StorePath } from "@snapdeck/contract/store-path";
import { z } from "zod";
import { readMetadataXml } from "./metadata-xml.ts";

/** One file as a backup's `.backup` tells of it. */
export type EngineFile = {
  readonly name: string;
  readonly sizeBytes: number;
  /** Absent for empty files. */
  readonly checksum: string | undefined;
  /** Another file of this backup that holds the bytes; absent when it holds its own. */
  readonly dataFile: string | undefined;
};

/** The largest metadata that is read: about 400 000 files at the 180 bytes each takes. */
export const MAX_METADATA_BYTES = 96 * 1024 * 1024;

/** A number of bytes, below every disk there is. */
export const MetadataSize = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);

export const MetadataChecksum = z.string().regex(/^[0-9a-f]{32}$/);

const FileElements = z
  .strictObject({
    name: StorePath,
    size: MetadataSize,
    checksum: MetadataChecksum.optional(),
    data_file: StorePath.optional(),
  })
  .transform(
    ({ name, size, checksum, data_file }): EngineFile => ({ name, sizeBytes: size, checksum, dataFile: data_file }),
  );

/**
 * Reads `.backup`, the engine's list of the files of a backup that builds on no other. It comes from a store that others may have written
 * to, and the engine itself follows names in it out of its directories, so: a bounded size, nothing but what the engine writes, and
 * nothing but normal relative names, each once.
 * Throws an Error that says what is wrong with it.
 */
export function parseEngineMetadata(contents: Uint8Array): EngineFile[] {
  assertBounded(contents);
  const files = new Map<string, EngineFile>();
  for (const elements of readMetadataXml(contents).files) addFile(files, elements);
  return [...files.values()];
}

/** Throws an Error when there is more of it than is ever read. */
export function assertBounded(contents: Uint8Array): void {
  if (contents.length > MAX_METADATA_BYTES) throw new Error(`it has ${contents.length} bytes, too many to be read`);
}

function addFile(files: Map<string, EngineFile>, elements: ReadonlyMap<string, string>): void {
  if (elements.has("use_base") || elements.has("base_size") || elements.has("base_checksum")) {
    throw new Error("it takes bytes from another backup, though it is a full one");
  }
  const parsed = FileElements.safeParse(Object.fromEntries(elements));
  if (!parsed.success)
    throw new Error(`it holds a file that is refused: ${JSON.stringify(elements.get("name") ?? "")}`);
  if (files.has(parsed.data.name)) throw new Error(`it names ${parsed.data.name} twice`);
  files.set(parsed.data.name, parsed.data);
}

import { StorePath } from "@snapdeck/contract/store-path";
import { SaxesParser } from "saxes";
import { z } from "zod";

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

/** Elements of a file that are understood. A value that needs `use_base` says that the bytes are in another backup. */
const FILE_ELEMENTS = ["name", "size", "checksum", "data_file", "use_base", "base_size", "base_checksum"];
const ROOT_PATHS = ["config", "config/contents", "config/contents/file"];

const FileElements = z
  .strictObject({
    name: StorePath,
    size: z
      .string()
      .regex(/^\d{1,15}$/)
      .transform(Number),
    checksum: z
      .string()
      .regex(/^[0-9a-f]{32}$/)
      .optional(),
    data_file: StorePath.optional(),
  })
  .transform(
    ({ name, size, checksum, data_file }): EngineFile => ({ name, sizeBytes: size, checksum, dataFile: data_file }),
  );

/**
 * Reads `.backup`, the engine's list of the files of a backup. It comes from a store that others may have written to, and the
 * engine itself follows names in it out of its directories, so: no document type, no entities of its own, a bounded size, and
 * nothing but normal relative names, each once.
 * Throws an Error that says what is wrong with it.
 */
export function parseEngineMetadata(contents: Uint8Array): EngineFile[] {
  if (contents.length > MAX_METADATA_BYTES) throw new Error(`it has ${contents.length} bytes, too many to be read`);
  const parser = new SaxesParser();
  const files = new Map<string, EngineFile>();
  const path: string[] = [];
  let elements = new Map<string, string>();
  let text = "";
  parser.on("error", (error) => {
    throw new Error(`it is no well-formed XML (${error.message})`);
  });
  parser.on("doctype", () => {
    throw new Error("it declares a document type, which the engine never writes");
  });
  parser.on("opentag", (tag) => {
    if (Object.keys(tag.attributes).length > 0) throw new Error("it holds attributes, which the engine never writes");
    path.push(tag.name);
    text = "";
    const here = path.join("/");
    if (path.length > 4) throw new Error("it nests deeper than the engine writes");
    if (here === "config/contents/file") elements = new Map();
    if (path.length === 4 && !FILE_ELEMENTS.includes(tag.name)) throw new Error(`it holds <${tag.name.slice(0, 40)}>`);
    if (path.length === 1 && tag.name !== "config") throw new Error("it does not begin as the engine's metadata does");
  });
  parser.on("text", (chunk) => {
    text += chunk;
  });
  parser.on("cdata", (chunk) => {
    text += chunk;
  });
  parser.on("closetag", (tag) => {
    const here = path.join("/");
    path.pop();
    if (here === `config/contents/file/${tag.name}`) {
      if (elements.has(tag.name)) throw new Error(`a file has two <${tag.name}>`);
      elements.set(tag.name, text);
    }
    if (here === "config/contents/file") addFile(files, elements);
    if (!ROOT_PATHS.includes(here)) text = "";
  });
  parser.write(new TextDecoder("utf-8", { fatal: true }).decode(contents)).close();
  return [...files.values()];
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

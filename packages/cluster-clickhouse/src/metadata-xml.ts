import { SaxesParser } from "saxes";

/** Elements of a file that are understood. */
const FILE_ELEMENTS = ["name", "size", "checksum", "data_file", "use_base", "base_size", "base_checksum"];
const ROOT_PATHS = ["config", "config/contents", "config/contents/file"];

/** What a `.backup` says, element by element. */
export type MetadataXml = {
  /** What stands right below the root, by its name. */
  readonly head: ReadonlyMap<string, string>;
  readonly files: readonly ReadonlyMap<string, string>[];
};

/**
 * Reads the XML of a `.backup`. It comes from a store that others may have written to, so: no document type, no entities of its own, no
 * attributes, and nothing deeper or named otherwise than the engine writes.
 * Throws an Error that says what is wrong with it.
 */
export function readMetadataXml(contents: Uint8Array): MetadataXml {
  const parser = new SaxesParser();
  const head = new Map<string, string>();
  const files: Map<string, string>[] = [];
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
    if (here === `config/contents/file/${tag.name}`) setOnce(elements, tag.name, text);
    if (here === "config/contents/file") files.push(elements);
    if (here === `config/${tag.name}` && !ROOT_PATHS.includes(here)) setOnce(head, tag.name, text);
    if (!ROOT_PATHS.includes(here)) text = "";
  });
  parser.write(new TextDecoder("utf-8", { fatal: true }).decode(contents)).close();
  return { head, files };
}

function setOnce(elements: Map<string, string>, name: string, text: string): void {
  if (elements.has(name)) throw new Error(`there are two <${name.slice(0, 40)}> in one place`);
  elements.set(name, text);
}

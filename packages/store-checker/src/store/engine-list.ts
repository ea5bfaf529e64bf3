import { StorePath } from "@snapdeck/contract/store-path";
import { SaxesParser, type SaxesTagPlain } from "saxes";
import type { Pace } from "../pace.ts";

/** A file of a rank's backup as the engine's own list (`.backup`) has it. */
export type EngineFile = {
  readonly sizeBytes: number;
  /** 32 hexadecimal digits; undefined for empty files. */
  readonly checksum: string | undefined;
  /** The file of the same backup that holds the bytes instead of this one. */
  readonly bytesIn: string | undefined;
};

const PIECE = 64 * 1024;
const DIGITS = /^\d{1,15}$/;
const CHECKSUM = /^[0-9a-f]{32}$/;

/** How deep each element stands: `<config><contents><file><name>`. */
const [CONFIG, CONTENTS, FILE, FIELD] = [1, 2, 3, 4];

/**
 * Reads the engine's list strictly: only what the engine writes for a full backup, every name normal and relative and there once.
 * Throws an Error that says what else it found.
 */
export async function parseEngineList(bytes: Uint8Array, pace: Pace): Promise<Map<string, EngineFile>> {
  const reader = new EngineListReader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for (let from = 0; from < bytes.length; from += PIECE) {
    reader.write(decoder.decode(bytes.subarray(from, from + PIECE), { stream: true }));
    await pace.step();
  }
  reader.write(decoder.decode());
  return reader.end();
}

class EngineListReader {
  readonly #parser = new SaxesParser();
  readonly #files = new Map<string, EngineFile>();
  #fields = new Map<string, string>();
  #text = "";
  #depth = 0;
  #inContents = false;
  #sawContents = false;

  constructor() {
    this.#parser.on("error", (error) => {
      throw new Error(`it is not well-formed: ${error.message}`);
    });
    this.#parser.on("doctype", () => refuse("a document type"));
    this.#parser.on("processinginstruction", () => refuse("a processing instruction"));
    this.#parser.on("opentag", (tag) => this.#open(tag));
    this.#parser.on("closetag", (tag) => this.#close(tag));
    this.#parser.on("text", (text) => this.#add(text));
    this.#parser.on("cdata", (text) => this.#add(text));
  }

  write(text: string): void {
    this.#parser.write(text);
  }

  end(): Map<string, EngineFile> {
    this.#parser.close();
    if (!this.#sawContents) throw new Error("it lists no contents");
    for (const [name, { bytesIn }] of this.#files) {
      const holder = bytesIn === undefined ? undefined : this.#files.get(bytesIn);
      if (bytesIn !== undefined && (holder === undefined || holder.bytesIn !== undefined)) {
        throw new Error(`${name} takes its bytes from ${bytesIn}, which holds none in this backup`);
      }
    }
    return this.#files;
  }

  #open({ name, attributes }: SaxesTagPlain): void {
    this.#depth += 1;
    this.#text = "";
    if (Object.keys(attributes).length > 0) refuse(`attributes of <${name}>`);
    if (this.#depth === CONFIG && name !== "config") refuse(`<${name}> in the place of <config>`);
    if (this.#depth === CONTENTS) {
      if (name === "base_backup" || name === "base_backup_uuid") refuse("another backup as its base");
      if (name === "contents" && this.#sawContents) refuse("two lists of contents");
      this.#inContents = name === "contents";
      this.#sawContents ||= this.#inContents;
    }
    if (this.#depth === FILE && (!this.#inContents || name !== "file")) refuse(`<${name}> where a file belongs`);
    if (this.#depth === FILE) this.#fields = new Map();
    if (this.#depth > FIELD) refuse(`<${name}> inside a value`);
  }

  #close({ name }: SaxesTagPlain): void {
    if (this.#depth === FIELD) {
      if (this.#fields.has(name)) refuse(`two <${name}> of one file`);
      this.#fields.set(name, this.#text);
    }
    if (this.#depth === FILE) this.#file();
    this.#depth -= 1;
    this.#text = "";
  }

  #add(text: string): void {
    const holdsText = this.#depth === FIELD || (this.#depth === CONTENTS && !this.#inContents);
    if (holdsText) this.#text += text;
    else if (text.trim() !== "") refuse("text where none belongs");
  }

  #file(): void {
    const { name, size, checksum, data_file: bytesIn, ...others } = Object.fromEntries(this.#fields);
    const [other] = Object.keys(others);
    if (other !== undefined) refuse(`<${other}> of a file`);
    if (!StorePath.safeParse(name).success || name === undefined) {
      throw new Error(`it holds the name ${JSON.stringify(name?.slice(0, 200))}, which is not normal and relative`);
    }
    if (this.#files.has(name)) throw new Error(`it lists ${name} twice`);
    if (size === undefined || !DIGITS.test(size)) throw new Error(`it gives ${name} no size`);
    if (checksum !== undefined && !CHECKSUM.test(checksum)) throw new Error(`it gives ${name} no sound checksum`);
    if (bytesIn !== undefined && !StorePath.safeParse(bytesIn).success) {
      throw new Error(`${name} takes its bytes from a name that is not normal and relative`);
    }
    this.#files.set(name, { sizeBytes: Number(size), checksum, bytesIn: bytesIn === name ? undefined : bytesIn });
  }
}

function refuse(what: string): never {
  throw new Error(`it holds ${what}, which the engine does not write for a full backup`);
}

import { CHECKSUM_MODULE } from "./checksum-module.ts";

/** The engine hashes a file block by block, each seeded with the hash of those before. A block is no longer than the module's input. */
const BLOCK_BYTES = 2048;

/** What `assembly/city-hash.ts` exports. It holds the state of one file at a time. */
type ChecksumModule = {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly INPUT: { readonly value: number };
  readonly INPUT_BYTES: { readonly value: number };
  goOnFrom(lowHalf: bigint, highHalf: bigint): void;
  update(length: number): void;
  lowHalf(): bigint;
  highHalf(): bigint;
};

/** Neither the libraries of this TypeScript nor the types of Node.js declare it. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { readonly exports: ChecksumModule };
};

/** The module as WebAssembly, for a thread that runs it by itself. */
export function checksumModule(): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(CHECKSUM_MODULE), (char) => char.charCodeAt(0));
}

let running: { module: ChecksumModule; input: Uint8Array } | undefined;

/** One for the whole thread: each has a memory of its own, which is dear. */
function run(): { module: ChecksumModule; input: Uint8Array } {
  if (running !== undefined) return running;
  const module = new WebAssembly.Instance(new WebAssembly.Module(checksumModule())).exports;
  running = { module, input: new Uint8Array(module.memory.buffer, module.INPUT.value, module.INPUT_BYTES.value) };
  return running;
}

/** The checksum that ClickHouse's `.backup` gives for a file, of bytes that come in pieces of any size. About 5 GiB/s. */
export class EngineChecksum {
  #low = 0n;
  #high = 0n;
  /** The beginning of a block that is not full yet. */
  readonly #begun = new Uint8Array(BLOCK_BYTES);
  #begunBytes = 0;

  /** Takes in the next bytes of the file. */
  update(bytes: Uint8Array): this {
    let rest = bytes;
    if (this.#begunBytes > 0) {
      const missing = rest.subarray(0, BLOCK_BYTES - this.#begunBytes);
      this.#begun.set(missing, this.#begunBytes);
      this.#begunBytes += missing.length;
      rest = rest.subarray(missing.length);
      if (this.#begunBytes < BLOCK_BYTES) return this;
      [this.#low, this.#high] = this.#after(this.#begun);
    }
    const inBlocks = rest.length - (rest.length % BLOCK_BYTES);
    [this.#low, this.#high] = this.#after(rest.subarray(0, inBlocks));
    this.#begun.set(rest.subarray(inBlocks));
    this.#begunBytes = rest.length - inBlocks;
    return this;
  }

  /** 32 lower-case hexadecimal digits for the bytes so far; more may follow. For none, for which the engine gives nothing, zeros. */
  hex(): string {
    const [low, high] = this.#after(this.#begun.subarray(0, this.#begunBytes));
    return hex64(high) + hex64(low);
  }

  #after(bytes: Uint8Array): [low: bigint, high: bigint] {
    const { module, input } = run();
    module.goOnFrom(this.#low, this.#high);
    for (let at = 0; at < bytes.length; at += input.length) {
      const piece = bytes.subarray(at, at + input.length);
      input.set(piece);
      module.update(piece.length);
    }
    return [module.lowHalf(), module.highHalf()];
  }
}

/** WebAssembly hands its words over as signed. */
function hex64(word: bigint): string {
  return BigInt.asUintN(64, word).toString(16).padStart(16, "0");
}

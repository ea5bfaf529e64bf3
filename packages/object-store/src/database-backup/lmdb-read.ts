/** Sizes and places in an LMDB file of the second data version, as `mdb.c` of the `lmdb` package has them; all little-endian. */
const MAGIC = 0xbeefc0de;
const DATA_VERSION = 2;
/** pgno 8, txnid 8, pad 2, flags 2, then lower 2 and upper 2, or the number of overflow pages in 4. */
const HEADER_BYTES = 24;
/** Of the meta page, behind its header: magic 4, version 4, address 8, map size 8, then two databases, last page 8, transaction 8. */
const META = { databases: 24, lastPage: 120, transaction: 128, bytes: 136 };
/** Of a database: pad 4 (the page size, in the first one), flags 2, depth 2, three counts of 8, entries 8, root 8. */
const DATABASE = { bytes: 48, flags: 4, depth: 6, entries: 32, root: 40 };
const NO_PAGE = 0xffff_ffff_ffff_ffffn;
const BRANCH = 0x01;
const LEAF = 0x02;
const OVERFLOW = 0x04;
const META_PAGE = 0x08;
const BIG_DATA = 0x01;
const NODE_HEADER_BYTES = 8;
/** As deep as LMDB lets a tree become. */
const MAX_DEPTH = 32;

/** The bytes are no LMDB file, or one that nobody would write. */
export class LmdbFormatError extends Error {
  override readonly name = "LmdbFormatError";
}

/**
 * The records of an LMDB file, in the order of their keys. LMDB itself trusts its file and follows whatever page numbers it finds, so a
 * file from a store that others may have written to is read here instead: each page and each offset is looked at before it is followed, no
 * page is visited twice, and keys must ascend. Views into `file` are given out, not copies.
 * @throws {LmdbFormatError} at any moment
 */
export function* readLmdb(file: Uint8Array): Generator<{ key: Uint8Array; value: Uint8Array }> {
  const pages = new Pages(file);
  const { root, entries, depth } = pages.newestMeta();
  if (root === undefined) {
    if (entries !== 0) throw new LmdbFormatError("it counts records and has none");
    return;
  }
  let read = 0;
  let before: Uint8Array | undefined;
  for (const record of walk(pages, root, depth)) {
    if (before !== undefined && Buffer.compare(before, record.key) >= 0)
      throw new LmdbFormatError("its keys do not ascend");
    before = record.key;
    read += 1;
    yield record;
  }
  if (read !== entries) throw new LmdbFormatError(`it counts ${entries} records and has ${read}`);
}

function* walk(pages: Pages, number: number, depth: number): Generator<{ key: Uint8Array; value: Uint8Array }> {
  const page = pages.visit(number);
  const wanted = depth > 1 ? BRANCH : LEAF;
  if (page.flags !== wanted) throw new LmdbFormatError(`page ${number} is of kind ${page.flags}, and ${wanted} is due`);
  for (const node of page.nodes()) {
    if (wanted === BRANCH) yield* walk(pages, node.child, depth - 1);
    else yield { key: node.key, value: pages.valueOf(node) };
  }
}

type Node = { flags: number; key: Uint8Array; sizeBytes: number; data: number; child: number };

class Pages {
  readonly #file: Uint8Array;
  readonly #view: DataView;
  readonly #visited = new Set<number>();
  #pageBytes = 0;
  #lastPage = 0;

  constructor(file: Uint8Array) {
    this.#file = file;
    this.#view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  }

  /** Of the two meta pages, the one of the later transaction. */
  newestMeta(): { root: number | undefined; entries: number; depth: number } {
    const first = this.#meta(0);
    this.#pageBytes = first.pageBytes;
    const second = this.#meta(this.#pageBytes);
    if (second.pageBytes !== first.pageBytes) throw new LmdbFormatError("its two meta pages disagree");
    const newest = second.transaction > first.transaction ? second : first;
    this.#lastPage = Math.min(newest.lastPage, Math.floor(this.#file.length / this.#pageBytes) - 1);
    return newest;
  }

  visit(number: number): Page {
    this.#claim(number, 1);
    return new Page(this.#file, this.#view, number * this.#pageBytes, this.#pageBytes);
  }

  /** Of a leaf's node: its data, in the page itself or in pages of its own. */
  valueOf({ flags, sizeBytes, data }: Node): Uint8Array {
    if (flags === 0) return this.#file.subarray(data, data + sizeBytes);
    const number = safeNumber(this.#view.getBigUint64(data, true));
    const at = number * this.#pageBytes;
    const count = Math.ceil((HEADER_BYTES + sizeBytes) / this.#pageBytes);
    this.#claim(number, count);
    if (this.#view.getUint16(at + 18, true) !== OVERFLOW)
      throw new LmdbFormatError(`page ${number} is no overflow page`);
    if (this.#view.getUint32(at + 20, true) < count)
      throw new LmdbFormatError(`page ${number} is too short for its value`);
    return this.#file.subarray(at + HEADER_BYTES, at + HEADER_BYTES + sizeBytes);
  }

  #meta(at: number): {
    transaction: bigint;
    pageBytes: number;
    lastPage: number;
    root: number | undefined;
    entries: number;
    depth: number;
  } {
    if (this.#file.length < at + HEADER_BYTES + META.bytes) throw new LmdbFormatError("it is too short");
    const view = this.#view;
    const meta = at + HEADER_BYTES;
    if (view.getUint16(at + 18, true) !== META_PAGE || view.getUint32(meta, true) !== MAGIC) {
      throw new LmdbFormatError("it does not begin as an LMDB file does");
    }
    const version = view.getUint32(meta + 4, true);
    if (version !== DATA_VERSION)
      throw new LmdbFormatError(`it has the data version ${version}, and ${DATA_VERSION} is known`);
    const pageBytes = view.getUint32(meta + META.databases, true);
    if (pageBytes < 512 || pageBytes > 65_536 || (pageBytes & (pageBytes - 1)) !== 0) {
      throw new LmdbFormatError(`it has pages of ${pageBytes} bytes`);
    }
    const main = meta + META.databases + DATABASE.bytes;
    if (view.getUint16(main + DATABASE.flags, true) !== 0)
      throw new LmdbFormatError("its keys are of a kind that is not written here");
    const root = view.getBigUint64(main + DATABASE.root, true);
    const depth = view.getUint16(main + DATABASE.depth, true);
    if (depth > MAX_DEPTH || (root !== NO_PAGE && depth === 0)) throw new LmdbFormatError(`it is ${depth} pages deep`);
    return {
      transaction: view.getBigUint64(meta + META.transaction, true),
      pageBytes,
      lastPage: safeNumber(view.getBigUint64(meta + META.lastPage, true)),
      root: root === NO_PAGE ? undefined : safeNumber(root),
      entries: safeNumber(view.getBigUint64(main + DATABASE.entries, true)),
      depth,
    };
  }

  /** Nothing leads to a page twice: that is how a small file would become an endless one. */
  #claim(number: number, count: number): void {
    if (number < 2 || number + count - 1 > this.#lastPage)
      throw new LmdbFormatError(`it leads to page ${number}, outside of it`);
    for (let page = number; page < number + count; page += 1) {
      if (this.#visited.has(page)) throw new LmdbFormatError(`it leads to page ${page} twice`);
      this.#visited.add(page);
    }
  }
}

class Page {
  readonly flags: number;
  readonly #file: Uint8Array;
  readonly #view: DataView;
  readonly #at: number;
  readonly #end: number;

  constructor(file: Uint8Array, view: DataView, at: number, pageBytes: number) {
    this.#file = file;
    this.#view = view;
    this.#at = at;
    this.#end = at + pageBytes;
    this.flags = view.getUint16(at + 18, true);
  }

  *nodes(): Generator<Node> {
    const count = this.#view.getUint16(this.#at + 20, true) >> 1;
    if (this.#at + HEADER_BYTES + count * 2 > this.#end) throw new LmdbFormatError("a page has more nodes than room");
    for (let index = 0; index < count; index += 1) yield this.#node(index);
  }

  #node(index: number): Node {
    const view = this.#view;
    const at = this.#at + HEADER_BYTES + view.getUint16(this.#at + HEADER_BYTES + index * 2, true);
    if (at + NODE_HEADER_BYTES > this.#end) throw outside();
    const [low, high] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
    const flags = view.getUint16(at + 4, true);
    const data = at + NODE_HEADER_BYTES + view.getUint16(at + 6, true);
    const sizeBytes = low + high * 65_536;
    if (data > this.#end) throw outside();
    const key = this.#file.subarray(at + NODE_HEADER_BYTES, data);
    if (this.flags === BRANCH) return { flags, key, sizeBytes, data, child: sizeBytes + flags * 2 ** 32 };
    if (flags !== 0 && flags !== BIG_DATA) throw new LmdbFormatError("a record is of a kind that is not written here");
    if (data + (flags === BIG_DATA ? 8 : sizeBytes) > this.#end) throw outside();
    return { flags, key, sizeBytes, data, child: 0 };
  }
}

function outside(): LmdbFormatError {
  return new LmdbFormatError("a record leads out of its page");
}

function safeNumber(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new LmdbFormatError("it holds a number that no such file has");
  return Number(value);
}

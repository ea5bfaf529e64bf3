import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open } from "lmdb";
import { readLmdb } from "./lmdb-read.ts";

/** What a file of pages holds: keys as text, each once, and their values. */
export type LmdbRecord = { readonly key: string; readonly value: Uint8Array };

/** The longest key that LMDB takes with its pages of 4 KiB, in bytes. */
const MAX_KEY_BYTES = 1978;

/**
 * The bytes of an LMDB file with these records. Equal records give equal bytes. It is made in a private directory, closed, and read back.
 * @throws {RangeError} when a key is too long or there twice
 */
export async function writeLmdb(records: readonly LmdbRecord[]): Promise<Uint8Array> {
  const sorted = records
    .map(({ key, value }) => ({ key: Buffer.from(key), value }))
    .sort((one, other) => Buffer.compare(one.key, other.key));
  for (const [at, { key }] of sorted.entries()) {
    const before = sorted[at - 1];
    if (key.length === 0 || key.length > MAX_KEY_BYTES) throw new RangeError(`a key has ${key.length} bytes`);
    if (before?.key.equals(key)) throw new RangeError(`the key ${key.toString()} is there twice`);
  }
  const directory = await mkdtemp(join(tmpdir(), "snapdeck-lmdb-"));
  try {
    const path = join(directory, "data.mdb");
    const database = open<Uint8Array, Uint8Array>({
      path,
      noSubdir: true,
      encoding: "binary",
      keyEncoding: "binary",
      compression: false,
      pageSize: 4096,
    });
    try {
      database.transactionSync(() => {
        for (const { key, value } of sorted) database.putSync(key, value);
      });
    } finally {
      await database.close();
    }
    const bytes = await readFile(path);
    refuseOther(bytes, sorted);
    return bytes;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** A disk that is full may leave a file that is not what was put into it. */
function refuseOther(bytes: Uint8Array, sorted: readonly { key: Buffer; value: Uint8Array }[]): void {
  let at = 0;
  for (const { key, value } of readLmdb(bytes)) {
    const put = sorted[at++];
    if (put === undefined || !put.key.equals(key) || Buffer.compare(put.value, value) !== 0)
      at = Number.POSITIVE_INFINITY;
  }
  if (at !== sorted.length) throw new Error("an LMDB file does not hold what was put into it");
}

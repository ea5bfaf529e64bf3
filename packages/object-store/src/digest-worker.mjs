/**
 * The thread that reads files and digests them. It is plain JavaScript and imports nothing but Node.js, because it is started by
 * its address: from the sources, where Node.js 20 can load no TypeScript, and from beside a bundle.
 */
import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";

/**
 * @typedef {{ root: string, parts: readonly string[], kind: "sha256" | "clickhouse" }} DigestRequest `parts` are those of a checked
 *   path below `root`.
 * @typedef {{ type: "read", bytes: number }} DigestProgress
 * @typedef {{ type: "done", sizeBytes: number, digest: string }
 *   | { type: "absent" }
 *   | { type: "refused", place: string }
 *   | { type: "failed", code: string | undefined, message: string }} DigestAnswer
 */

/** How many bytes are read between two words of it, in bytes: often enough for a page, seldom enough for who listens. */
const REPORT_BYTES = 4 * 1024 * 1024;

/** What `engine-checksum` exports; its input is what everything is read into, so that no byte is copied. */
const engine = new WebAssembly.Instance(new WebAssembly.Module(workerData.checksumModule)).exports;
const buffer = new Uint8Array(engine.memory.buffer, engine.INPUT.value, engine.INPUT_BYTES.value);

/** @param {DigestAnswer | DigestProgress} message */
const say = (message) => parentPort?.postMessage(message);

parentPort?.on("message", (/** @type {DigestRequest} */ request) => say(answerTo(request)));

/**
 * @param {DigestRequest} request
 * @returns {DigestAnswer}
 */
function answerTo({ root, parts, kind }) {
  try {
    let place = root;
    for (const part of parts.slice(0, -1)) {
      place = join(place, part);
      // A link could lead out of the store.
      if (!lstatSync(place).isDirectory()) return { type: "refused", place };
    }
    place = join(place, parts.at(-1) ?? "");
    // Without O_NONBLOCK a named pipe in the place of a file would be waited for without end.
    const file = openSync(place, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      if (!fstatSync(file).isFile()) return { type: "refused", place };
      return { type: "done", ...(kind === "sha256" ? sha256(file) : engineChecksum(file)) };
    } finally {
      closeSync(file);
    }
  } catch (thrown) {
    const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : undefined;
    if (code === "ENOENT") return { type: "absent" };
    return { type: "failed", code, message: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

/** @param {number} file */
function sha256(file) {
  const hash = createHash("sha256");
  const sizeBytes = readAll(file, (bytes) => hash.update(bytes));
  return { sizeBytes, digest: hash.digest("hex") };
}

/** @param {number} file */
function engineChecksum(file) {
  engine.goOnFrom(0n, 0n);
  const sizeBytes = readAll(file, (bytes) => engine.update(bytes.length));
  return { sizeBytes, digest: hex64(engine.highHalf()) + hex64(engine.lowHalf()) };
}

/**
 * Hands the file on in full buffers, but for the last: the engine's checksum goes by whole blocks.
 * @param {number} file
 * @param {(bytes: Uint8Array) => void} take
 */
function readAll(file, take) {
  let sizeBytes = 0;
  let said = 0;
  for (;;) {
    const bytes = fill(file);
    take(bytes);
    sizeBytes += bytes.length;
    const isOver = bytes.length < buffer.length;
    if (sizeBytes > said && (isOver || sizeBytes - said >= REPORT_BYTES)) {
      say({ type: "read", bytes: sizeBytes - said });
      said = sizeBytes;
    }
    if (isOver) return sizeBytes;
  }
}

/**
 * Reads until the buffer is full or the file is over.
 * @param {number} file
 */
function fill(file) {
  let length = 0;
  while (length < buffer.length) {
    const read = readSync(file, buffer, length, buffer.length - length, null);
    if (read === 0) break;
    length += read;
  }
  return buffer.subarray(0, length);
}

/**
 * WebAssembly hands its words over as signed.
 * @param {bigint} word
 */
function hex64(word) {
  return BigInt.asUintN(64, word).toString(16).padStart(16, "0");
}

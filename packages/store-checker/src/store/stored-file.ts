import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { Pace } from "../pace.ts";

/** Bytes that are read in one go: enough for a disk, little enough to be hashed within a few milliseconds. */
const PIECE_BYTES = 1024 * 1024;

/** The code of a failure to read what is no file. */
export const NOT_A_FILE = "NOT_A_FILE";

/** Follows no link, and does not wait for a named pipe in the place of a file. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Reads a small file whole; undefined when it is larger than `maxBytes`.
 * Throws what the file system says, and an Error for what is no file.
 */
export async function readWhole(place: string, maxBytes: number): Promise<Buffer | undefined> {
  const { handle, sizeBytes } = await openFile(place);
  try {
    if (sizeBytes > maxBytes) return undefined;
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** Reads the bytes that a file has when it is opened, piece by piece; a piece is overwritten by the next. Answers how many bytes it had. */
export async function readThrough(place: string, pace: Pace, use: (piece: Uint8Array) => void): Promise<number> {
  const { handle, sizeBytes } = await openFile(place);
  try {
    const buffer = Buffer.allocUnsafe(Math.min(PIECE_BYTES, sizeBytes));
    let total = 0;
    while (total < sizeBytes) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) break;
      total += bytesRead;
      use(buffer.subarray(0, bytesRead));
      if (pace.isDue) await pace.breathe();
    }
    return total;
  } finally {
    await handle.close();
  }
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && "code" in thrown && typeof thrown.code === "string" ? thrown.code : undefined;
}

/** What a person reads of a failure to read. */
export function reasonOf(thrown: unknown): string {
  return codeOf(thrown) ?? (thrown instanceof Error ? thrown.message : String(thrown));
}

async function openFile(place: string): Promise<{ handle: FileHandle; sizeBytes: number }> {
  const handle = await open(place, FLAGS);
  const facts = await handle.stat();
  if (facts.isFile()) return { handle, sizeBytes: facts.size };
  await handle.close();
  throw Object.assign(new Error("it is not a file"), { code: NOT_A_FILE });
}

import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { Pace } from "../pace.ts";

/** Bytes that are read in one go: enough for a disk, little enough to be hashed within a few milliseconds. */
const PIECE_BYTES = 1024 * 1024;

/** Follows no link, and does not wait for a named pipe in the place of a file. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Reads a small file whole; undefined when it is larger than `maxBytes`.
 * Throws what the file system says, and an Error for what is no file.
 */
export async function readWhole(place: string, maxBytes: number): Promise<Buffer | undefined> {
  const handle = await openFile(place);
  try {
    if ((await handle.stat()).size > maxBytes) return undefined;
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** Reads a file to its end, piece by piece; a piece is overwritten by the next. Answers how many bytes it had. */
export async function readThrough(place: string, pace: Pace, use: (piece: Uint8Array) => void): Promise<number> {
  const handle = await openFile(place);
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(PIECE_BYTES, size)));
    for (let total = 0; ; ) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) return total;
      total += bytesRead;
      use(buffer.subarray(0, bytesRead));
      await pace.step();
    }
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

async function openFile(place: string): Promise<FileHandle> {
  const handle = await open(place, FLAGS);
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new Error("it is not a file");
}

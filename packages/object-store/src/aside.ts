import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";

/** What contents are called until they are whole. */
export const ASIDE = /^\..+\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;

/** A place beside `name` in `folder` that nobody else uses. */
export function asidePlace(folder: string, name: string): string {
  return join(folder, `.${name}.${randomUUID()}.tmp`);
}

/** Makes a file that must not be there yet, readable by its owner only, and whole and durable once this is done. */
export async function writeAside(place: string, fill: (handle: FileHandle) => Promise<void>): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const handle = await open(place, flags, 0o600);
  try {
    await fill(handle);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

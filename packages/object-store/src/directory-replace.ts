import { rename, unlink } from "node:fs/promises";
import { asidePlace, writeAside } from "./aside.ts";
import { syncPlace } from "./durable.ts";
import { errnoOf } from "./store-failure.ts";
import { placeOf } from "./store-path.ts";

/** Puts `contents` in the place of a file: written aside and synced, renamed over it, the folder synced. */
export async function replaceFile(root: string, parts: readonly string[], contents: Uint8Array): Promise<void> {
  const folder = placeOf(root, parts.slice(0, -1));
  const aside = asidePlace(folder, parts.at(-1) ?? "");
  try {
    await writeAside(aside, (handle) => handle.writeFile(contents));
    await rename(aside, placeOf(root, parts));
  } catch (thrown) {
    await unlink(aside).catch((missing: unknown) => {
      if (errnoOf(missing) !== "ENOENT") throw missing;
    });
    throw thrown;
  }
  await syncPlace(folder);
}

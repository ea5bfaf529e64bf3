import { constants } from "node:fs";
import { open, opendir } from "node:fs/promises";
import { join } from "node:path";
import { syncDirectory } from "./durable-file.ts";

/** As many as libuv's default pool has threads: more would only wait there. */
const AT_ONCE = 4;

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Every file and directory of a tree. Links are left out: syncing their directory is what keeps them. */
async function* walk(root: string): AsyncGenerator<{ path: string; isDirectory: boolean }> {
  for await (const entry of await opendir(root)) {
    const path = join(root, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else if (entry.isFile()) yield { path, isDirectory: false };
  }
  yield { path: root, isDirectory: true };
}

/**
 * Makes everything in a tree survive a power cut: each file and each directory is synced. The engine does not do that for what
 * RESTORE writes. Nobody may write there meanwhile. Rejects with the first failure; with `signal`, as soon as it is aborted. `onSynced`
 * hears of each.
 */
export async function syncTree(root: string, signal?: AbortSignal, onSynced?: () => void): Promise<void> {
  const entries = walk(root);
  const failed = new AbortController();
  const lane = async () => {
    for (let next = await entries.next(); next.done !== true; next = await entries.next()) {
      signal?.throwIfAborted();
      failed.signal.throwIfAborted();
      await (next.value.isDirectory ? syncDirectory(next.value.path) : syncFile(next.value.path));
      onSynced?.();
    }
  };
  const lanes = Array.from({ length: AT_ONCE }, () =>
    lane().catch((error: unknown) => {
      failed.abort(error);
      throw error;
    }),
  );
  await Promise.all(lanes);
}

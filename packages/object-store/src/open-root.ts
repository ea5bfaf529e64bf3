import { lstat, mkdir, realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { syncPlace } from "./durable.ts";
import { errnoOf } from "./store-failure.ts";

/**
 * The real path of a store's root, made with mode 0700 where there is none. The ranks write into it as this user, so whoever else
 * could write there could lead them anywhere.
 * @throws {SnapdeckError} `store-unavailable`
 */
export async function openRoot(directory: string): Promise<string> {
  const wanted = resolve(directory);
  if (!isAbsolute(directory) || dirname(wanted) === wanted || wanted === homedir()) {
    throw new SnapdeckError("store-unavailable", `${directory} cannot be a store: it takes a directory of its own`, {
      hint: "Give the absolute path of a directory that holds nothing but backups.",
    });
  }
  const parent = dirname(wanted);
  await mkdir(parent, { recursive: true, mode: 0o700 });
  try {
    await mkdir(wanted, { mode: 0o700 });
    await syncPlace(parent);
  } catch (thrown) {
    if (errnoOf(thrown) !== "EEXIST") throw thrown;
  }
  const facts = await lstat(wanted);
  if (!facts.isDirectory()) {
    throw new SnapdeckError("store-unavailable", `${wanted} is a link or no directory; a store is a real directory`);
  }
  if (facts.uid !== process.getuid?.() || (facts.mode & 0o077) !== 0) {
    throw new SnapdeckError("store-unavailable", `${wanted} is open to other users or belongs to one`, {
      hint: `Make it yours alone: chmod 700 ${wanted}`,
    });
  }
  return join(await realpath(parent), wanted.slice(parent.length));
}

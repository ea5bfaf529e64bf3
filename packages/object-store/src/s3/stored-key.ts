import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { StorePath } from "@snapdeck/contract/store-path";

/** What consoles and sync tools put where they show a folder; S3 itself has none. */
export function isFolderMark(key: string, sizeBytes: number): boolean {
  return key.endsWith("/") && sizeBytes === 0;
}

/**
 * Refuses a key that is no path in its normal form: nothing of ours has such a name, and whoever made it wants somebody to leave a folder.
 * @throws {SnapdeckError} `store-unavailable`
 */
export function assertPlainPath(store: string, path: string): void {
  if (StorePath.safeParse(path).success) return;
  throw new SnapdeckError(
    "store-unavailable",
    `the store ${store} holds ${JSON.stringify(path.slice(0, 200))}, which is no path that a store may hold`,
    { hint: "Find out who put it there, and remove it." },
  );
}

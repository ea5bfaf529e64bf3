import { isAbsolute, join } from "node:path";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { StorePath } from "@snapdeck/contract/store-path";

/**
 * The parts of a path inside the store.
 * @throws {SnapdeckError} `backup-unusable` when it is absolute, not in its normal form, or could leave the store.
 */
export function partsOf(path: string): string[] {
  const parsed = StorePath.safeParse(path);
  if (!parsed.success || isAbsolute(path)) {
    throw new SnapdeckError("backup-unusable", `${JSON.stringify(path.slice(0, 200))} is not a path inside the store`);
  }
  return parsed.data.split("/");
}

/** The absolute path of validated parts. */
export function placeOf(root: string, parts: readonly string[]): string {
  return join(root, ...parts);
}

import { createHash } from "node:crypto";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";

/** The largest file that is replaced: the definitions of a database backup. */
export const MAX_REPLACED_BYTES = 256 * 1024 * 1024;

/** @throws {SnapdeckError} `store-changed` when `standing` is not the file that is meant */
export function refuseOther(path: string, standing: Uint8Array | undefined, expectedSha256: string): void {
  if (standing !== undefined && createHash("sha256").update(standing).digest("hex") === expectedSha256) return;
  const what = standing === undefined ? "is not there any more" : "is not the file that was read before";
  throw new SnapdeckError("store-changed", `${path} in the store ${what}; it was not replaced`, {
    hint: "Find out who else writes to the store, then try again.",
  });
}

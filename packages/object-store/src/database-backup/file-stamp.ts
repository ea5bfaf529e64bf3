import { createHash } from "node:crypto";
import type { FileStamp } from "@snapdeck/contract/snapshot-file";

export function stampOf(contents: Uint8Array): FileStamp {
  return { sha256: createHash("sha256").update(contents).digest("hex"), sizeBytes: contents.length };
}

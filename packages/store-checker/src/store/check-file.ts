import { createHash } from "node:crypto";
import type { ManifestFile } from "@snapdeck/contract/manifest";
import { EngineChecksum } from "@snapdeck/engine-checksum/engine-checksum";
import { type BackupPlace, brokenIn, placeOf, type StoreLook } from "./store-look.ts";
import { codeOf, NOT_A_FILE, readThrough, reasonOf } from "./stored-file.ts";

/** A restore executes or is led by these, so their contents are always compared. */
function leadsARestore({ path }: ManifestFile): boolean {
  return path === ".backup" || path.startsWith("metadata/");
}

/**
 * Compares a file's bytes with what the manifest says of them: those that lead a restore always, the others when bytes are read.
 * Answers false when they are not that, or cannot be read.
 */
export async function checkFile(
  look: StoreLook,
  place: BackupPlace,
  folder: string,
  file: ManifestFile,
): Promise<boolean> {
  const subject = `${folder}/${file.path}`;
  const leads = leadsARestore(file);
  look.findings.looked("I5");
  if (leads && file.sha256 === undefined) {
    const detail = "leads a restore, and the manifest has no SHA-256 of it";
    brokenIn(look, place, { invariant: "I5", kind: "hash-missing", subject, detail });
  }
  if (!leads && file.engineChecksum === undefined && file.sizeBytes > 0) {
    const detail = "has bytes, and the manifest has no checksum of them";
    brokenIn(look, place, { invariant: "I5", kind: "hash-missing", subject, detail });
  }
  if (leads || look.readBytes) return isAsWritten(look, place, subject, file);
  look.tally.bytes(file.sizeBytes);
  return true;
}

async function isAsWritten(look: StoreLook, place: BackupPlace, subject: string, file: ManifestFile): Promise<boolean> {
  const sha256 = file.sha256 === undefined ? undefined : createHash("sha256");
  const checksum = file.engineChecksum === undefined || !look.readBytes ? undefined : new EngineChecksum();
  if (sha256 === undefined && checksum === undefined) return true;
  let sizeBytes: number;
  try {
    sizeBytes = await readThrough(placeOf(look, subject), look.pace, (piece) => {
      sha256?.update(piece);
      checksum?.update(piece);
      look.tally.bytes(piece.length);
    });
  } catch (thrown) {
    look.pace.throwIfAborted();
    // One that is not there, or something else in its place, was named when the folder was walked.
    if (["ENOENT", "ELOOP", NOT_A_FILE].includes(codeOf(thrown) ?? "")) return file.sizeBytes === 0;
    const detail = `cannot be read (${reasonOf(thrown)})`;
    brokenIn(look, place, { invariant: "I1", kind: "file-unreadable", subject, detail });
    return false;
  }
  look.findings.looked("I7");
  // Another size was named when the folder was walked, and says all.
  if (sizeBytes !== file.sizeBytes) return false;
  const fits =
    (sha256 === undefined || sha256.digest("hex") === file.sha256) &&
    (checksum === undefined || checksum.hex() === file.engineChecksum);
  if (fits) return true;
  const detail = "its bytes are not those that the manifest has the checksum of";
  brokenIn(look, place, { invariant: "I5", kind: "file-bytes", subject, detail });
  return false;
}

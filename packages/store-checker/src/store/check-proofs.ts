import { PROOFS_FOLDER, ProofRecord } from "@snapdeck/contract/proof";
import { isOurs, stranger } from "./check-store-root.ts";
import { whyNot } from "./read-manifest.ts";
import { signatureFault } from "./signature.ts";
import { type BackupPlace, brokenIn, placeOf, type StoreLook } from "./store-look.ts";
import { entriesOf, factsOf } from "./store-walk.ts";
import { readWhole, reasonOf } from "./stored-file.ts";
import { orphanedTemporary, TEMPORARY } from "./unowned.ts";

/** `<epoch ms>-<level>-<suffix>.json` */
const RECORD = /^(\d{1,16})-(L[23])-[A-Za-z0-9]+\.json$/;
/** A hundred faults take far less. */
const MAX_BYTES = 16 * 1024 * 1024;

/** Proves the records of later proofs; answers those that are to be believed, oldest first. */
export async function checkProofs(look: StoreLook, place: BackupPlace, manifestSha256: string): Promise<ProofRecord[]> {
  const folder = `${place.backup}/${PROOFS_FOLDER}`;
  if ((await factsOf(placeOf(look, folder)))?.kind !== "folder") return [];
  const records: { atMs: number; name: string; record: ProofRecord }[] = [];
  for await (const entry of entriesOf(placeOf(look, folder), look.pace)) {
    const path = `${folder}/${entry.name}`;
    if (!isOurs(look, entry, path, place.backup)) continue;
    const [, atMs, level] = RECORD.exec(entry.name) ?? [];
    if (entry.kind === "file" && TEMPORARY.test(entry.name)) orphanedTemporary(look, place, path);
    else if (entry.kind !== "file" || level === undefined) stranger(look, path, place.backup);
    else {
      const record = await readRecord(look, place, path, { atMs: Number(atMs), level, manifestSha256 });
      if (record !== undefined) records.push({ atMs: Number(atMs), name: entry.name, record });
    }
  }
  return records
    .sort((one, other) => one.atMs - other.atMs || (one.name < other.name ? -1 : 1))
    .map(({ record }) => record);
}

async function readRecord(
  look: StoreLook,
  place: BackupPlace,
  subject: string,
  expected: { readonly atMs: number; readonly level: string; readonly manifestSha256: string },
): Promise<ProofRecord | undefined> {
  const fault = (kind: string, detail: string) => {
    brokenIn(look, place, { invariant: "I5", kind, subject, detail });
    return undefined;
  };
  look.findings.looked("I5");
  let bytes: Buffer | undefined;
  try {
    bytes = await readWhole(placeOf(look, subject), MAX_BYTES);
  } catch (thrown) {
    return fault("proof-unreadable", `cannot be read (${reasonOf(thrown)})`);
  }
  if (bytes === undefined) return fault("proof-unreadable", `has more than ${MAX_BYTES} bytes`);
  try {
    const document: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    const record = ProofRecord.parse(document);
    const unsound = await signatureFault(Object(document), "snapdeck-proof", look.key, look.pace);
    if (unsound !== undefined) return fault("proof-signature", unsound);
    const of = `${record.clusterId}/${record.backupId}`;
    if (of !== place.backup) return fault("proof-misplaced", `is one of ${of}`);
    if (record.manifestSha256 !== expected.manifestSha256)
      return fault("proof-misplaced", "is one of another manifest");
    if (record.level !== expected.level) return fault("proof-misplaced", `is one of level ${record.level}`);
    if (record.faults.length > record.faultsTotal)
      return fault("proof-unreadable", "counts fewer faults than it names");
    if (Date.parse(record.provenAt) !== expected.atMs) return fault("proof-misplaced", `is one of ${record.provenAt}`);
    return record;
  } catch (thrown) {
    look.pace.throwIfAborted();
    return fault("proof-unreadable", `is not a record of a proof: ${whyNot(thrown)}`);
  }
}

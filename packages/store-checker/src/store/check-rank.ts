import type { Manifest, ManifestFile } from "@snapdeck/contract/manifest";
import { atOnce } from "../pace.ts";
import { checkFile } from "./check-file.ts";
import { isOurs } from "./check-store-root.ts";
import { type EngineFile, parseEngineList } from "./engine-list.ts";
import { checkRows } from "./rank-rows.ts";
import { checkTables } from "./rank-tables.ts";
import { type BackupPlace, brokenIn, placeOf, type StoreLook } from "./store-look.ts";
import { walk } from "./store-walk.ts";
import { readWhole, reasonOf } from "./stored-file.ts";

/** Files that are read at once, for disks to have something to do. */
const FILES_AT_ONCE = 4;

type ManifestRank = Manifest["ranks"][number];

const ENGINE_LIST = ".backup";
/** Larger ones are never believed. */
const MAX_LIST_BYTES = 96 * 1024 * 1024;

/** Proves that a rank's folder holds what the manifest names and nothing else, and that the engine's own list says the same. */
export async function checkRank(look: StoreLook, place: BackupPlace, rank: ManifestRank): Promise<void> {
  const folder = `${place.backup}/${rank.folder}`;
  const files = new Map(rank.files.map((file) => [file.path, file]));
  checkNumbers(look, place, rank, files.size);
  await checkPresence(look, place, folder, files);
  let isListRead = true;
  await atOnce(FILES_AT_ONCE, files.values(), async (file) => {
    const isAsWritten = await checkFile(look, place, folder, file);
    if (file.path === ENGINE_LIST) isListRead = isAsWritten;
    look.tally.file();
    if (look.pace.isDue) await look.pace.breathe();
  });
  // One that was changed since says nothing of what the engine wrote.
  const listed = isListRead ? await readEngineList(look, place, folder) : undefined;
  if (listed === undefined) return;
  compareLists(look, place, folder, files, listed);
  await checkTables(look, place, { folder, rank, listed });
  await checkRows(look, place, folder, rank, listed);
}

function checkNumbers(look: StoreLook, place: BackupPlace, rank: ManifestRank, distinct: number): void {
  const sizeBytes = rank.files.reduce((sum, file) => sum + file.sizeBytes, 0);
  look.findings.looked("I5", 2);
  const subject = `${place.backup}/manifest.json, rank ${rank.rank}`;
  if (sizeBytes !== rank.sizeBytes) {
    const detail = `says ${rank.sizeBytes} bytes, and its files have ${sizeBytes}`;
    brokenIn(look, place, { invariant: "I5", kind: "manifest-sum", subject, detail });
  }
  if (distinct === rank.files.length) return;
  brokenIn(look, place, { invariant: "I5", kind: "manifest-twice", subject, detail: "names a file twice" });
}

async function checkPresence(
  look: StoreLook,
  place: BackupPlace,
  folder: string,
  files: ReadonlyMap<string, ManifestFile>,
): Promise<void> {
  const missing = new Set(files.keys());
  for await (const entry of walk(placeOf(look, folder), look.pace)) {
    const subject = `${folder}/${entry.path}`;
    if (entry.kind !== "folder") missing.delete(entry.path);
    if (!isOurs(look, entry, subject, place.backup) || entry.kind === "folder") continue;
    const file = files.get(entry.path);
    look.findings.looked("I1");
    if (file === undefined) {
      const detail = `has ${entry.sizeBytes} bytes and stands in no manifest`;
      brokenIn(look, place, { invariant: "I1", kind: "file-extra", subject, detail });
    } else if (file.sizeBytes !== entry.sizeBytes) {
      const detail = `has ${entry.sizeBytes} bytes, and the manifest says ${file.sizeBytes}`;
      brokenIn(look, place, { invariant: "I1", kind: "file-size", subject, detail });
    }
  }
  const deleting = look.jobsOf?.(place.backup).find((job) => job.kind === "delete-backup");
  for (const path of missing) {
    look.findings.looked("I1");
    // The engine makes no file for some that it knows to be empty.
    if (files.get(path)?.sizeBytes === 0) continue;
    brokenIn(look, place, {
      invariant: deleting === undefined ? "I1" : "I11",
      kind: "file-missing",
      subject: `${folder}/${path}`,
      detail:
        deleting === undefined
          ? "is not there, and the backup is listed"
          : `is not there, and the backup is still listed: job ${deleting.id} removed it before the manifest`,
    });
  }
}

async function readEngineList(
  look: StoreLook,
  place: BackupPlace,
  folder: string,
): Promise<Map<string, EngineFile> | undefined> {
  const subject = `${folder}/${ENGINE_LIST}`;
  look.findings.looked("I20");
  try {
    const bytes = await readWhole(placeOf(look, subject), MAX_LIST_BYTES);
    if (bytes === undefined) throw new Error(`it has more than ${MAX_LIST_BYTES} bytes`);
    return await parseEngineList(bytes, look.pace);
  } catch (thrown) {
    look.pace.throwIfAborted();
    const detail = `the engine's list of files is refused: ${reasonOf(thrown)}`;
    brokenIn(look, place, { invariant: "I20", kind: "engine-list", subject, detail });
    return undefined;
  }
}

function compareLists(
  look: StoreLook,
  place: BackupPlace,
  folder: string,
  files: ReadonlyMap<string, ManifestFile>,
  listed: ReadonlyMap<string, EngineFile>,
): void {
  const differs = (path: string, detail: string) =>
    brokenIn(look, place, { invariant: "I5", kind: "lists-differ", subject: `${folder}/${path}`, detail });
  for (const [path, { sizeBytes, checksum, bytesIn }] of listed) {
    if (bytesIn !== undefined) continue;
    const file = files.get(path);
    look.findings.looked("I5");
    if (file === undefined) differs(path, "stands in the engine's list and not in the manifest");
    else if (file.sizeBytes !== sizeBytes)
      differs(path, `has ${sizeBytes} bytes for the engine, ${file.sizeBytes} in the manifest`);
    else if (file.engineChecksum !== checksum)
      differs(path, "has another checksum for the engine than in the manifest");
  }
  for (const path of files.keys()) {
    if (path === ENGINE_LIST) continue;
    const owned = listed.get(path);
    if (owned === undefined || owned.bytesIn !== undefined)
      differs(path, "stands in the manifest and not in the engine's list");
  }
  if (!files.has(ENGINE_LIST)) differs(ENGINE_LIST, "is not named by the manifest");
}

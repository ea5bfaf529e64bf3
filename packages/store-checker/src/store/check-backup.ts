import type { Manifest } from "@snapdeck/contract/manifest";
import { PROOFS_FOLDER } from "@snapdeck/contract/proof";
import { checkProofs } from "./check-proofs.ts";
import { checkRank } from "./check-rank.ts";
import { isOurs, stranger } from "./check-store-root.ts";
import { readManifest } from "./read-manifest.ts";
import { type BackupPlace, brokenIn, type ListedFacts, placeOf, type StoreLook, workerOn } from "./store-look.ts";
import { type Entry, entriesOf, factsOf } from "./store-walk.ts";
import { orphanedAttempt, orphanedBackup, orphanedTemporary, TEMPORARY } from "./unowned.ts";

const RANK_FOLDER = /^(a\d+-[a-z0-9]+)\/rank-(\d+)$/;
const ATTEMPT = /^a\d+-[a-z0-9]+$/;

/** Proves one backup's folder; answers what is listed there. */
export async function checkBackup(
  look: StoreLook,
  place: BackupPlace,
): Promise<ListedFacts | "unlisted" | "unreadable"> {
  look.findings.looked("I2");
  const isListed = (await factsOf(placeOf(look, `${place.backup}/manifest.json`))) !== undefined;
  if (!isListed) {
    look.findings.looked("I4");
    if (workerOn(look, place) === undefined) await orphanedBackup(look, place);
    return "unlisted";
  }
  const read = await readManifest(look, place);
  const attempts = read === undefined ? undefined : attemptsOf(look, place, read.manifest);
  const proofs = read === undefined ? [] : await checkProofs(look, place, read.manifestSha256);
  for await (const entry of entriesOf(placeOf(look, place.backup), look.pace)) {
    await checkEntry(look, place, entry, attempts);
  }
  if (read === undefined) return "unreadable";
  for (const rank of read.manifest.ranks) await checkRankIfThere(look, place, rank);
  return { ...place, ...read, proofs };
}

async function checkEntry(
  look: StoreLook,
  place: BackupPlace,
  entry: Entry,
  attempts: ReadonlyMap<string, ReadonlySet<string>> | undefined,
): Promise<void> {
  const path = `${place.backup}/${entry.name}`;
  if (!isOurs(look, entry, path, place.backup)) return;
  look.findings.looked("I4");
  if (entry.kind === "file") {
    if (entry.name === "manifest.json") return;
    if (TEMPORARY.test(entry.name)) return orphanedTemporary(look, place, path);
    return stranger(look, path, place.backup);
  }
  if (entry.name === PROOFS_FOLDER) return;
  const ranks = attempts?.get(entry.name);
  if (ranks !== undefined) return checkAttempt(look, place, path, ranks);
  if (!ATTEMPT.test(entry.name)) return stranger(look, path, place.backup);
  // Where the manifest cannot be read, nobody knows which attempt it names.
  if (attempts !== undefined && workerOn(look, place) === undefined) await orphanedAttempt(look, place, path);
}

/** In an attempt's folder stand the ranks' folders, and nothing beside them. */
async function checkAttempt(
  look: StoreLook,
  place: BackupPlace,
  attempt: string,
  ranks: ReadonlySet<string>,
): Promise<void> {
  for await (const entry of entriesOf(placeOf(look, attempt), look.pace)) {
    const path = `${attempt}/${entry.name}`;
    if (!isOurs(look, entry, path, place.backup) || (entry.kind === "folder" && ranks.has(entry.name))) continue;
    stranger(look, path, place.backup);
  }
}

/** The folders of the ranks by the attempt's folder they stand in. */
function attemptsOf(look: StoreLook, place: BackupPlace, manifest: Manifest): Map<string, Set<string>> {
  const attempts = new Map<string, Set<string>>();
  const numbers = new Set<number>();
  for (const { rank, folder } of manifest.ranks) {
    const [, attempt, number] = RANK_FOLDER.exec(folder) ?? [];
    look.findings.looked("I5");
    if (attempt === undefined || Number(number) !== rank || numbers.has(rank)) {
      const subject = `${place.backup}/manifest.json, rank ${rank}`;
      const detail = `names the folder ${folder}, which is not the one of that rank alone`;
      brokenIn(look, place, { invariant: "I5", kind: "manifest-folder", subject, detail });
      continue;
    }
    numbers.add(rank);
    attempts.set(attempt, (attempts.get(attempt) ?? new Set()).add(`rank-${rank}`));
  }
  return attempts;
}

/** Looks into a rank's folder only where every component of its path is a real folder: a link could lead out of the store. */
async function checkRankIfThere(look: StoreLook, place: BackupPlace, rank: Manifest["ranks"][number]): Promise<void> {
  let path = place.backup;
  for (const part of rank.folder.split("/")) {
    path = `${path}/${part}`;
    const kind = (await factsOf(placeOf(look, path)))?.kind;
    if (kind !== undefined && kind !== "folder") return;
  }
  await checkRank(look, place, rank);
}

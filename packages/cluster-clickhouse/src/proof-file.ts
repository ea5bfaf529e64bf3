import { MAX_RECORDED_FAULTS, type ProofFault, ProofRecord } from "@snapdeck/contract/proof";
import type { JobId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { BackupOrder, ListedBackup } from "@snapdeck/core/ports/cluster";
import { failpoint } from "@snapdeck/failpoint/failpoint";
import type { ClusterParts } from "./cluster-parts.ts";
import { isListed, readManifest } from "./manifest-file.ts";
import { proofsFolder } from "./paths.ts";
import { doubtOf, publishAndReadBack, sign } from "./signed-file.ts";
import { supersededProofs } from "./superseded-proofs.ts";

const KIND = "snapdeck-proof";

/** The largest record that is written or read, in bytes: 100 faults, and the contents of about 40 000 tables. */
const MAX_PROOF_BYTES = 8 * 1024 * 1024;

/** The most records that are read, the newest. We keep four; more can only be somebody else's. */
const MAX_PROOFS_READ = 32;

/** What the names of a job's records end with: whoever takes the job up finds what it left half written. */
export function recordSuffix(jobId: JobId): string {
  return jobId.replaceAll("-", "");
}

/** `<epoch ms>-<level>-<suffix>.json` */
const PROOF_NAME = /^(\d{13})-L[23]-[a-z0-9]{1,64}\.json$/;

type FoundProof = { readonly path: string; readonly record: ProofRecord };

/** What one proof found, before it is a record. */
export type ProofFindings = Pick<ProofRecord, "level" | "tables" | "engineVersion"> & {
  readonly faults: readonly ProofFault[];
};

/** @throws {SnapdeckError} `backup-not-found`, `backup-unusable`, `store-unavailable` */
export async function readListed(parts: ClusterParts, backupId: BackupOrder["backupId"]): Promise<ListedBackup> {
  const listed = await readManifest(parts.store, parts.id, backupId);
  const found = await readProofs(parts, listed);
  return { ...listed, proofs: found.map(({ record }) => record) };
}

/**
 * The records of a backup, oldest first: those that this console's key signed and that are of this manifest. Whatever else lies in
 * their folder says nothing.
 * @throws {SnapdeckError} `store-unavailable`
 */
async function readProofs(
  parts: ClusterParts,
  { manifest, manifestSha256 }: Pick<ListedBackup, "manifest" | "manifestSha256">,
): Promise<FoundProof[]> {
  const { store } = parts;
  const folder = proofsFolder(parts.id, manifest.backupId);
  const names: string[] = [];
  for await (const { path, sizeBytes } of store.files(folder)) {
    const name = path.slice(folder.length + 1);
    if (PROOF_NAME.test(name) && sizeBytes <= MAX_PROOF_BYTES) names.push(name);
  }
  const found: FoundProof[] = [];
  // One after the other: a foreign one may be large.
  for (const name of names.sort().slice(-MAX_PROOFS_READ)) {
    const path = `${folder}/${name}`;
    const record = parseRecord(await readSmall(parts, path));
    if (record?.backupId !== manifest.backupId || record.clusterId !== parts.id) continue;
    if (record.manifestSha256 !== manifestSha256) continue;
    if ((await doubtOf(parts.sealer, KIND, record)) === undefined) found.push({ path, record });
  }
  return found.sort((one, other) => Date.parse(one.record.provenAt) - Date.parse(other.record.provenAt));
}

/** Undefined also for one that grew or went since it was listed. */
async function readSmall(parts: ClusterParts, path: string): Promise<Uint8Array | undefined> {
  try {
    return await parts.store.read(path, MAX_PROOF_BYTES);
  } catch (thrown) {
    if (thrown instanceof SnapdeckError && thrown.code === "backup-unusable") return undefined;
    throw thrown;
  }
}

function parseRecord(contents: Uint8Array | undefined): ProofRecord | undefined {
  if (contents === undefined) return undefined;
  try {
    return ProofRecord.parse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(contents)));
  } catch {
    return undefined;
  }
}

/**
 * Writes down beside the manifest what a proof found, reads it back, and removes the records that it supersedes.
 * @param listed the backup as it was listed when the proof began
 * @throws {SnapdeckError} `lock-lost`, `backup-not-found` when the backup was deleted meanwhile, `store-unavailable`, `disk-full`,
 *   `proof-failed` when it found nothing, and another that ended before it did
 */
export async function recordProof(
  parts: ClusterParts,
  order: Pick<BackupOrder, "jobId" | "checkFence">,
  listed: ListedBackup,
  findings: ProofFindings,
): Promise<ProofRecord> {
  const { manifest, manifestSha256 } = listed;
  const earlier = await readProofs(parts, listed);
  if (findings.faults.length === 0) mustNotContradict(earlier, listed, findings.level);
  const record: ProofRecord = {
    format: "snapdeck-proof/1",
    clusterId: parts.id,
    backupId: manifest.backupId,
    manifestSha256,
    jobId: order.jobId,
    level: findings.level,
    provenAt: momentAfter(earlier.at(-1)?.record, parts.clock()),
    files: manifest.ranks.reduce((sum, rank) => sum + rank.files.length, 0),
    sizeBytes: manifest.ranks.reduce((sum, rank) => sum + rank.sizeBytes, 0),
    faults: findings.faults.slice(0, MAX_RECORDED_FAULTS),
    faultsTotal: findings.faults.length,
    engineVersion: findings.engineVersion,
    tables: findings.tables,
  };
  await failpoint("verify.beforeRecord");
  await order.checkFence();
  // A record beside no manifest would be a file that nothing owns.
  if (!(await isListed(parts.store, parts.id, manifest.backupId))) {
    throw new SnapdeckError("backup-not-found", `backup ${manifest.backupId} was deleted while it was proven`);
  }
  const published = await publishRecord(parts, record);
  await failpoint("verify.afterRecord");
  await removeSuperseded(parts, [...earlier, published]);
  return published.record;
}

/** What was read before it became wrong says nothing against who read it afterwards: the later record would win all the same. */
function mustNotContradict(
  earlier: readonly FoundProof[],
  { proofs }: ListedBackup,
  level: ProofRecord["level"],
): void {
  const known = new Set(proofs.map(({ jobId, provenAt }) => `${jobId} ${provenAt}`));
  const failed = earlier.find(
    ({ record }) => record.faultsTotal > 0 && record.level <= level && !known.has(`${record.jobId} ${record.provenAt}`),
  );
  if (failed === undefined) return;
  throw new SnapdeckError(
    "proof-failed",
    `while this proof found nothing wrong with backup ${failed.record.backupId}, job ${failed.record.jobId} found ${failed.record.faultsTotal} faults in it; the backup stays suspect`,
    { hint: "Verify it once more: what is read from the beginning on decides." },
  );
}

/** The newest record decides, so a clock that was put back must not make it an older one. */
function momentAfter(newest: ProofRecord | undefined, now: string): string {
  if (newest === undefined || Date.parse(newest.provenAt) < Date.parse(now)) return now;
  return new Date(Date.parse(newest.provenAt) + 1).toISOString();
}

async function publishRecord(parts: ClusterParts, record: ProofRecord): Promise<FoundProof> {
  const signed = await sign(parts.sealer, KIND, record);
  const contents = new TextEncoder().encode(JSON.stringify(signed));
  if (contents.length > MAX_PROOF_BYTES && record.tables !== undefined) {
    // That it was passed matters more than that a later one can be compared with it.
    const { tables: _, ...smaller } = record;
    return publishRecord(parts, smaller);
  }
  const epochMs = String(Date.parse(record.provenAt)).padStart(13, "0");
  const path = `${proofsFolder(parts.id, record.backupId)}/${epochMs}-${record.level}-${recordSuffix(record.jobId)}.json`;
  if (await publishAndReadBack(parts.store, path, contents, MAX_PROOF_BYTES)) return { path, record: signed };
  await parts.store.remove(path);
  throw new SnapdeckError(
    "store-unavailable",
    "the record of the proof could not be read back as it was written, so it does not count",
    { hint: "Check the store's disk, then verify the backup again." },
  );
}

/** The new record is durable and counts; old ones that cannot be removed now are removed after the next proof. */
async function removeSuperseded(parts: ClusterParts, found: readonly FoundProof[]): Promise<void> {
  const superseded = new Set(supersededProofs(found.map(({ record }) => record)));
  try {
    for (const { path, record } of found) if (superseded.has(record)) await parts.store.remove(path);
  } catch (thrown) {
    if (!(thrown instanceof SnapdeckError)) throw thrown;
  }
}

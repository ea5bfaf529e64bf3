import { Manifest } from "@snapdeck/contract/manifest";
import type { BackupId, ClusterId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { untrustedBackup } from "@snapdeck/core/backups/untrusted-backup";
import type { ListedBackup } from "@snapdeck/core/ports/cluster";
import type { ObjectStore } from "@snapdeck/core/ports/object-store";
import { z } from "zod";
import type { Sealer } from "./cluster-parts.ts";
import { manifestPath } from "./paths.ts";
import { doubtOf, publishAndReadBack, sha256, sign } from "./signed-file.ts";

/** The largest manifest that is written or read: about 500 000 files. A larger one could fill the server's memory. */
export const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;

const KIND = "snapdeck-manifest";

/** Signs a manifest with the sealer's key. */
export function signManifest(sealer: Sealer, manifest: Manifest): Promise<Manifest> {
  return sign(sealer, KIND, manifest);
}

/** @throws {SnapdeckError} `backup-unusable` unless this console's key signed exactly this manifest. */
export async function verifySignature(sealer: Sealer, manifest: Manifest): Promise<void> {
  const doubt = await doubtOf(sealer, KIND, manifest);
  if (doubt !== undefined) throw untrustedBackup(manifest.backupId, `its manifest ${doubt.why}`, doubt.cause);
}

/** What {@link verifySignature} would refuse the backup for. */
export async function doubtOfManifest(sealer: Sealer, manifest: Manifest): Promise<Pick<ListedBackup, "doubt">> {
  const doubt = await doubtOf(sealer, KIND, manifest);
  return doubt === undefined ? {} : { doubt: `its manifest ${doubt.why}` };
}

/**
 * Publishes a manifest and reads it back: from here on the backup exists. When it cannot be read back as written, it is taken
 * away again.
 * @throws {SnapdeckError} `proof-failed`, `disk-full`, `store-unavailable`
 */
export async function publishManifest(store: ObjectStore, manifest: Manifest): Promise<string> {
  const path = manifestPath(manifest.clusterId, manifest.backupId);
  const contents = new TextEncoder().encode(JSON.stringify(manifest));
  if (contents.length > MAX_MANIFEST_BYTES) {
    throw new SnapdeckError(
      "proof-failed",
      `its manifest would have ${contents.length} bytes, more than can be read back`,
    );
  }
  // One that failed after its name was there must not stay listed under a job that failed.
  if (await publishAndReadBack(store, path, contents, MAX_MANIFEST_BYTES)) return sha256(contents);
  await store.remove(path);
  throw new SnapdeckError("proof-failed", "its manifest could not be read back as it was written, so it is not listed");
}

/** Whether the backup exists, without reading its manifest. */
export async function isListed(store: ObjectStore, clusterId: ClusterId, backupId: BackupId): Promise<boolean> {
  try {
    return (await store.read(manifestPath(clusterId, backupId), 0)) !== undefined;
  } catch (thrown) {
    // The store refuses what is larger than was allowed: so it is there.
    if (thrown instanceof SnapdeckError && thrown.code === "backup-unusable") return true;
    throw thrown;
  }
}

/** @throws {SnapdeckError} `backup-not-found`, `backup-unusable`, `store-unavailable` */
export async function readManifest(
  store: ObjectStore,
  clusterId: ClusterId,
  backupId: BackupId,
): Promise<Omit<ListedBackup, "proofs">> {
  const contents = await store.read(manifestPath(clusterId, backupId), MAX_MANIFEST_BYTES);
  if (contents === undefined) throw noSuchBackup(clusterId, backupId);
  const manifest = parseManifest(backupId, contents);
  if (manifest.clusterId !== clusterId || manifest.backupId !== backupId) {
    throw unusable(backupId, `its manifest is that of ${manifest.clusterId}/${manifest.backupId}`);
  }
  return { manifest, manifestSha256: sha256(contents) };
}

/** What is thrown when the store lists no such backup of the cluster. */
export function noSuchBackup(clusterId: ClusterId, backupId: BackupId): SnapdeckError {
  return new SnapdeckError("backup-not-found", `there is no backup ${backupId} of cluster ${clusterId} in the store`, {
    hint: "It may have been deleted; look at the list of backups.",
  });
}

function parseManifest(backupId: BackupId, contents: Uint8Array): Manifest {
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(contents));
    return Manifest.parse(document);
  } catch (thrown) {
    const format = AnyFormat.safeParse(document).data?.format;
    const isAnother = format !== undefined && format !== Manifest.shape.format.value;
    throw unusable(
      backupId,
      isAnother
        ? `its manifest has the format ${JSON.stringify(format)}, which this Snapdeck does not know`
        : "its manifest cannot be read",
      thrown,
    );
  }
}

/** Of a manifest that another version of Snapdeck wrote, or nobody did. */
const AnyFormat = z.object({ format: z.string().max(100) });

function unusable(backupId: BackupId, why: string, cause?: unknown): SnapdeckError {
  return new SnapdeckError("backup-unusable", `backup ${backupId} cannot be trusted: ${why}; nothing was changed`, {
    hint: "Find out who wrote to the store; choose another backup.",
    cause,
  });
}

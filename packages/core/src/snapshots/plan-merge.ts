import type { SnapshotInfo } from "@snapdeck/contract/database-backup";
import type { FilePart, SnapshotFile, SnapshotId } from "@snapdeck/contract/snapshot-file";
import { type BackupView, viewOf } from "./backup-view.ts";
import { toMerge } from "./choose-removals.ts";
import type { EngineEntry, EngineMetadata } from "./engine-metadata.ts";
import { chainOf } from "./lineage.ts";
import { locatePart } from "./locate-part.ts";
import { planAddition } from "./plan-addition.ts";
import type { DefinitionsOfSnapshot, PlanStep, Stamper } from "./plan-steps.ts";
import { printEngineMetadata } from "./print-engine-metadata.ts";

export type Merge = {
  /** The new full's id, which no folder of the backup has. */
  readonly id: SnapshotId;
  /** What is its own; the rest is the newest snapshot's. */
  readonly facts: Pick<
    SnapshotInfo,
    | "startedAt"
    | "durationMs"
    | "clusterId"
    | "hostName"
    | "hostAddress"
    | "requestedBy"
    | "jobId"
    | "proof"
    | "comment"
  >;
  /** The objects of every snapshot that is listed: the others stay restorable until the new one takes their place. */
  readonly definitions: readonly DefinitionsOfSnapshot[];
  readonly newUuid: () => string;
  readonly at: string;
};

/**
 * Makes a full snapshot that restores to what the newest one does, without writing bytes that are there already, and lets all others go
 * once it is proven. The newest snapshot's contents must have been read.
 * @throws {SnapdeckError} `nothing-to-merge`, `backup-unusable`
 */
export async function planMerge(view: BackupView, merge: Merge, stamper: Stamper): Promise<PlanStep[]> {
  const { snapshots } = view.info;
  toMerge(snapshots);
  const chain = chainOf(snapshots, snapshots.at(-1)?.id ?? 0);
  const [newest] = chain;
  const source = viewOf(view, newest.id);
  const copies = new Map<string, PlanStep>();
  const files: SnapshotFile[] = [];
  const folders: SnapshotInfo["folders"] = [];
  const writes: PlanStep[] = [];
  for (const { path } of newest.folders) {
    const merged = mergeFolder(merge.id, chain, path, source.files);
    for (const copy of merged.copies) copies.set(copy.path, copy);
    files.push(...merged.files);
    const text = printEngineMetadata({
      uuid: merge.newUuid(),
      timestamp: merge.facts.startedAt.slice(0, 19).replace("T", " "),
      deduplicated: source.folders.get(path)?.metadata.deduplicated ?? true,
      files: merged.entries,
    } satisfies EngineMetadata);
    const metadataPath = `${merge.id}/${path}/.backup`;
    writes.push({ step: "write-metadata", path: metadataPath, text, replaces: undefined });
    folders.push({ path, metadata: { now: stamper.text(text) } });
  }
  const { baseId: _, absorbed: __, comment: ___, content: ____, ...like } = newest;
  const kept = { files: copies.size, sizeBytes: [...copies.values()].reduce((sum, copy) => sum + sizeOf(copy), 0) };
  const info = { ...like, ...merge.facts, id: merge.id, kind: "full", kept, folders } as const;
  const listing = await planAddition(
    view,
    { info, files },
    [
      ...merge.definitions,
      {
        snapshotId: merge.id,
        definitions: merge.definitions.find(({ snapshotId }) => snapshotId === newest.id)?.definitions ?? [],
      },
    ],
    stamper,
    { because: "merge", at: merge.at },
  );
  return [...copies.values(), ...writes, ...listing];
}

type Compose = Extract<PlanStep, { step: "compose" }>;

function mergeFolder(id: SnapshotId, chain: readonly SnapshotInfo[], folder: string, all: readonly SnapshotFile[]) {
  const copies = new Map<string, Compose>();
  const files: SnapshotFile[] = [];
  const entries: EngineEntry[] = [];
  for (const file of all) {
    if (file.folder !== folder) continue;
    const from = file.parts.map((part) => locatePart(chain, folder, part).path);
    // Files that shared one copy go on sharing one.
    const key = from.join("\n");
    const shared = copies.get(key);
    const path = shared?.path ?? `${id}/${folder}/${file.name}`;
    const name = path.slice(`${id}/${folder}/`.length);
    const { parts: _, ...facts } = file;
    const parts: FilePart[] = from.length === 0 ? [] : [{ snapshotId: id, name, sizeBytes: file.sizeBytes }];
    if (from.length > 0 && shared === undefined)
      copies.set(key, { step: "compose", path, sizeBytes: file.sizeBytes, from });
    files.push({ ...facts, parts });
    entries.push({
      name: file.name,
      sizeBytes: file.sizeBytes,
      ...(file.checksum === undefined ? {} : { checksum: file.checksum }),
      ...(from.length > 0 && name !== file.name ? { dataFile: name } : {}),
    });
  }
  return { copies: [...copies.values()], files, entries };
}

function sizeOf(step: PlanStep): number {
  return step.step === "compose" ? step.sizeBytes : 0;
}

import { createHash } from "node:crypto";
import { DatabaseBackupInfo, type SnapshotInfo } from "@snapdeck/contract/database-backup";
import { type FileStamp, SnapshotFile } from "@snapdeck/contract/snapshot-file";
import { z } from "zod";
import { type Files, parsePrinted, present } from "../src/checks/engine-model.ts";
import { type BackupView, type SnapshotView, whichStands } from "../src/snapshots/backup-view.ts";
import { ownBytes, ownPath } from "../src/snapshots/engine-metadata.ts";
import { chainOf } from "../src/snapshots/lineage.ts";
import { keptBy, locatePart } from "../src/snapshots/locate-part.ts";
import type { PlanStep, Stamper } from "../src/snapshots/plan-steps.ts";

export const INFO = "ki_backup_info.json";
export const DEFINITIONS = "backup.mdb";

export const stamper: Stamper = {
  text: stampOf,
  content: async (files) => stampOf(JSON.stringify(files)),
  definitions: async (definitions) => stampOf(JSON.stringify(definitions)),
};

export function stampOf(text: string): FileStamp {
  return { sha256: createHash("sha256").update(text).digest("hex"), sizeBytes: text.length };
}

export function infoOf(store: Files): DatabaseBackupInfo | undefined {
  const text = store.get(INFO);
  return text === undefined ? undefined : DatabaseBackupInfo.parse(JSON.parse(text));
}

export function foldersOf(store: Files): string[] {
  return [...new Set([...store.keys()].filter((path) => path.includes("/")).map((path) => path.split("/")[0] ?? ""))];
}

/** Reads the whole backup, and refuses a file that is not the one its info speaks of. */
export function viewOfStore(store: Files): BackupView & { readonly info: DatabaseBackupInfo } {
  const info = infoOf(store);
  if (info === undefined) throw new Error("there is no info");
  const definitions = stampOf(present(store, DEFINITIONS));
  whichStands(DEFINITIONS, info.definitions, definitions);
  const snapshots = new Map(info.snapshots.map((snapshot) => [Number(snapshot.id), readSnapshot(store, snapshot)]));
  return { info, definitions, folders: foldersOf(store), snapshots };
}

function readSnapshot(store: Files, { id, content, folders }: SnapshotInfo): SnapshotView {
  const text = present(store, `${id}/${id}.mdb`);
  if (stampOf(text).sha256 !== content.sha256) throw new Error(`${id}.mdb is another one`);
  const read = folders.map(({ path, metadata }) => {
    const backup = present(store, `${id}/${path}/.backup`);
    whichStands(`${id}/${path}/.backup`, metadata, stampOf(backup));
    return [path, { metadata: parsePrinted(backup), standing: stampOf(backup) }] as const;
  });
  return { files: z.array(SnapshotFile).parse(JSON.parse(text)), folders: new Map(read) };
}

/** What the account of Snapdeck gives for a snapshot, by engine folder. */
export function contentsByParts(store: Files, view: BackupView, id: number): Map<string, Files> {
  const chain = chainOf(view.info.snapshots, id);
  const contents = new Map<string, Files>(chain[0].folders.map(({ path }) => [path, new Map()]));
  for (const { folder, name, parts } of view.snapshots.get(id)?.files ?? []) {
    const bytes = parts.map((part) => {
      const text = present(store, locatePart(chain, folder, part).path);
      if (text.length !== part.sizeBytes) throw new Error(`${folder}/${name} has a part of another size`);
      return text;
    });
    contents.get(folder)?.set(name, bytes.join(""));
  }
  return contents;
}

/** Every path that something listed needs. */
export function ownedPaths(view: BackupView): Set<string> {
  const owned = new Set([INFO, DEFINITIONS]);
  for (const { id } of view.info.snapshots) {
    const snapshot = view.snapshots.get(id);
    owned.add(`${id}/${id}.mdb`);
    for (const path of keptBy(chainOf(view.info.snapshots, id), snapshot?.files ?? []).keys()) owned.add(path);
    for (const [folder, { metadata }] of snapshot?.folders ?? []) {
      owned.add(`${id}/${folder}/.backup`);
      for (const file of metadata.files) if (ownBytes(file) > 0) owned.add(`${id}/${folder}/${ownPath(file)}`);
    }
  }
  return owned;
}

/** Does one step, as an executor on a real store must. */
export function carryOut(store: Files, step: PlanStep): void {
  switch (step.step) {
    case "compose": {
      const text = step.from.map((path) => present(store, path)).join("");
      if (text.length !== step.sizeBytes) throw new Error(`${step.path} would have another size`);
      if ((store.get(step.path) ?? text) !== text) throw new Error(`${step.path} is there with other bytes`);
      store.set(step.path, text);
      return;
    }
    case "write-metadata":
      exchange(store, step.path, step.text, step.replaces);
      return;
    case "write-content": {
      const path = `${step.id}/${step.id}.mdb`;
      exchange(store, path, JSON.stringify(step.files), undefined);
      if (stampOf(present(store, path)).sha256 !== step.stamp.sha256)
        throw new Error(`${path} is not what was announced`);
      return;
    }
    case "sync":
    case "prove":
      return;
    case "write-definitions":
      exchange(store, DEFINITIONS, JSON.stringify(step.definitions), step.replaces);
      return;
    case "publish-info": {
      const before = infoOf(store);
      if (step.info.revision !== (before?.revision ?? 0) + 1) throw new Error("the info was written by somebody else");
      store.set(INFO, JSON.stringify(DatabaseBackupInfo.parse(step.info)));
      return;
    }
    case "remove-snapshot":
      for (const path of [...store.keys()]) if (path.startsWith(`${step.id}/`)) store.delete(path);
      return;
    case "remove-file":
      store.delete(step.path);
      return;
    case "remove-info":
      store.delete(INFO);
      return;
    case "remove-definitions":
      store.delete(DEFINITIONS);
  }
}

function exchange(store: Files, path: string, text: string, replaces: FileStamp | undefined): void {
  const stands = store.get(path);
  if (stands !== undefined && stampOf(stands).sha256 !== (replaces ?? stampOf(text)).sha256) {
    throw new Error(`${path} is not what is to be replaced`);
  }
  store.set(path, text);
}

import type { DatabaseBackupName } from "@snapdeck/contract/database-backup";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { FileStamp } from "@snapdeck/contract/snapshot-file";
import type { ObjectStore } from "@snapdeck/core/ports/object-store";
import type { PlanStep } from "@snapdeck/core/snapshots/plan-steps";
import { failpoint } from "@snapdeck/failpoint/failpoint";
import { encodeContent, encodeDefinitions, MAX_MDB_BYTES } from "./backup-files.ts";
import { contentPath, definitionsPath, infoPath } from "./backup-paths.ts";
import { stampOf } from "./file-stamp.ts";
import { encodeInfo, type Sealer } from "./info-file.ts";

/** A store that puts files together of others, without writing their bytes again where it can. */
export type ComposingStore = ObjectStore & {
  /**
   * Makes a file of the bytes of others, in order: in full or not at all, durable once its folder is synced. Nothing happens when a file of
   * that size is there.
   */
  compose(path: string, sizeBytes: number, from: readonly string[]): Promise<void>;
  /** Ends what was begun to be written in parts anywhere below, and never ended, where there is such a thing. Only while nobody writes there. */
  endUploads?(prefix: string): Promise<void>;
  /** Closes its connections, where it has some. */
  close?(): void;
};

export type Executor = {
  readonly store: ComposingStore;
  readonly sealer: Sealer;
  readonly name: DatabaseBackupName;
  /** Proves a snapshot that is about to be listed, and throws when it fails. */
  readonly prove: (id: number) => Promise<void>;
  /** Hears that a long step goes on. */
  readonly onMoved?: (() => void) | undefined;
};

/**
 * Carries out a plan for one backup, step by step. Only for whoever holds the lock of the backup.
 * @param standing what stands as `ki_backup_info.json` when it begins: the one that the plan was made from; undefined where none does
 * @param onStep hears of each step before it is carried out; a rejection ends the plan there
 * @throws {SnapdeckError} `store-changed` when somebody else wrote to the backup, and what the store throws
 */
export async function carryOut(
  executor: Executor,
  steps: readonly PlanStep[],
  standing: FileStamp | undefined,
  onStep: (step: PlanStep) => Promise<void> = async () => undefined,
): Promise<void> {
  let info = standing;
  await executor.store.sweep(executor.name);
  // The engines have ended by now: what one of them or an earlier plan began in parts, nobody goes on with.
  await executor.store.endUploads?.(executor.name);
  for (const step of steps) {
    await onStep(step);
    await failpoint("databaseBackup.beforeStep");
    if (step.step !== "publish-info") await carryOutStep(executor, step);
    else
      info = await write(executor.store, infoPath(executor.name), await encodeInfo(executor.sealer, step.info), info);
    await failpoint("databaseBackup.afterStep");
  }
}

async function carryOutStep(
  { store, name, prove, onMoved }: Executor,
  step: Exclude<PlanStep, { step: "publish-info" }>,
): Promise<void> {
  switch (step.step) {
    case "compose":
      await store.compose(
        `${name}/${step.path}`,
        step.sizeBytes,
        step.from.map((path) => `${name}/${path}`),
      );
      return;
    case "sync":
      await store.sync(`${name}/${step.id}`, onMoved);
      return;
    case "write-metadata":
      await write(store, `${name}/${step.path}`, new TextEncoder().encode(step.text), step.replaces);
      return;
    case "write-content": {
      const bytes = expected(await encodeContent(step.files), step.stamp);
      // One of definitions only has no folder yet.
      if (step.files.length > 0) await store.sync(`${name}/${step.id}`, onMoved);
      await write(store, contentPath(name, step.id), bytes, undefined);
      return;
    }
    case "prove":
      await prove(step.id);
      return;
    case "write-definitions":
      await write(
        store,
        definitionsPath(name),
        expected(await encodeDefinitions(step.definitions), step.stamp),
        step.replaces,
      );
      return;
    case "remove-snapshot":
      await store.remove(contentPath(name, step.id));
      await store.removeAll(`${name}/${step.id}`, onMoved);
      return;
    case "remove-file":
      await store.remove(`${name}/${step.path}`);
      return;
    case "remove-info":
      await store.remove(infoPath(name));
      return;
    case "remove-definitions":
      await store.remove(definitionsPath(name));
  }
}

/** Writes a small file, in the place of `replaces` or where none is, and once only; answers what stands there then. */
async function write(
  store: ObjectStore,
  path: string,
  contents: Uint8Array,
  replaces: FileStamp | undefined,
): Promise<FileStamp> {
  const stamp = stampOf(contents);
  const slash = path.lastIndexOf("/");
  await store.sweep(path.slice(0, slash), path.slice(slash + 1));
  const found = await store.read(path, MAX_MDB_BYTES);
  if (found !== undefined && stampOf(found).sha256 === stamp.sha256) {
    // It may be there without being durable yet: whoever wrote it died before that.
    await store.sync(path.slice(0, slash));
    return stamp;
  }
  if (replaces === undefined) await store.publish(path, contents);
  else await store.replace(path, contents, replaces.sha256);
  return stamp;
}

function expected(bytes: Uint8Array, stamp: FileStamp): Uint8Array {
  if (stampOf(bytes).sha256 === stamp.sha256) return bytes;
  throw new SnapdeckError(
    "plan-stale",
    "the plan was made with another version of Snapdeck; nothing more was changed",
    {
      hint: "Ask again.",
    },
  );
}

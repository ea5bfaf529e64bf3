import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { ComposingStore } from "../src/database-backup/carry-out.ts";
import type { BackupWorld } from "./backup-world.ts";

/** What changes a store. */
const CHANGES = ["publish", "replace", "compose", "remove", "removeAll"] as const;

/** Dies after so many changes, or within the next one, with its contents written aside and not yet in their place. */
function dyingStore(world: BackupWorld, after: number, how: "after" | "within"): ComposingStore {
  let changes = 0;
  return new Proxy<ComposingStore>(world.store, {
    get: (store, method) => {
      const member: unknown = Reflect.get(store, method);
      if (typeof member !== "function") return member;
      const change = CHANGES.find((each) => each === method);
      if (change === undefined) return member.bind(store);
      return async (path: string, ...rest: unknown[]) => {
        changes += 1;
        if (changes <= after) return member.call(store, path, ...rest);
        const isWritten = change === "publish" || change === "replace" || (change === "compose" && isJoined(rest));
        if (how === "within" && isWritten) {
          await world.leaveHalf(path);
        }
        throw new Error("it died");
      };
    },
  });
}

/** What is made of one file is linked, and never aside. */
function isJoined([, from]: readonly unknown[]): boolean {
  return Array.isArray(from) && from.length > 1;
}

/** Where the backup stands. */
export type CrashKind = {
  readonly title: string;
  open(): Promise<BackupWorld>;
  /** How many changes lie between two deaths that are tried. */
  readonly every: number;
  start?(): Promise<void>;
  stop?(): Promise<void>;
};

/** Whatever is under way dies at one change or another, and somebody else finds the store. */
export function describeCrashes(kind: CrashKind): void {
  const worlds: BackupWorld[] = [];
  afterEach(() => Promise.all(worlds.splice(0).map((world) => world.close())));

  let template: BackupWorld;
  beforeAll(async () => {
    await kind.start?.();
    template = await prepare(await kind.open());
  });
  afterAll(async () => {
    await template.close();
    await kind.stop?.();
  });

  const ASKED = {
    "a first snapshot": { from: kind.open, ask: (world: BackupWorld) => world.take("full") },
    "one more snapshot": { from: () => template.copy(), ask: (world: BackupWorld) => world.take("incremental") },
    "a purge in the middle of the chain": { from: () => template.copy(), ask: (world: BackupWorld) => world.purge(1) },
    "a purge at its end": { from: () => template.copy(), ask: (world: BackupWorld) => world.purge(4) },
    "a merge": { from: () => template.copy(), ask: (world: BackupWorld) => world.merge() },
    "a backup begun anew": { from: () => template.copy(), ask: (world: BackupWorld) => world.take("full") },
    "a drop": { from: () => template.copy(), ask: (world: BackupWorld) => world.drop() },
  };

  describe.each(Object.entries(ASKED))(`${kind.title}: killed at any moment of %s,`, (_, { from, ask }) => {
    test.each(["after", "within"] as const)(
      "%s a change: what is listed is whole, and it is finished or undone",
      async (how) => {
        for (let at = 0; ; at += kind.every) {
          const world = await from();
          worlds.push(world);
          const steps = await ask(world);
          const died = await world.run(steps, dyingStore(world, at, how)).then(
            () => false,
            (thrown: unknown) => {
              expect(thrown).toMatchObject({ message: "it died" });
              return true;
            },
          );
          await expectWhole(world);
          for (let rounds = 0; rounds < 2; rounds += 1) {
            await world.run(await world.recovery());
            await expectWhole(world);
          }
          expect(await world.recovery()).toEqual([]);
          expect(await world.unowned()).toEqual([]);
          if (!died) return;
        }
      },
    );
  });
}

/** Files that grew, came, went and stayed, in a full snapshot, three on top of it and a differential. */
async function prepare(world: BackupWorld): Promise<BackupWorld> {
  world.live.set("data/a/t/p1/x.bin", "one").set("data/a/log/x.bin", "1").set("metadata/a/t.sql", "CREATE");
  await world.run(await world.take("full"));
  world.live.set("data/a/log/x.bin", "12").set("data/a/t/p2/x.bin", "two");
  await world.run(await world.take("incremental"));
  world.live.set("data/a/log/x.bin", "123").set("data/a/t/p3/x.bin", "three");
  world.live.delete("data/a/t/p1/x.bin");
  await world.run(await world.take("incremental"));
  await world.run(await world.take("differential"));
  world.live.set("data/a/log/x.bin", "1234").set("data/a/u/p1/x.bin", "two");
  await world.run(await world.take("incremental"));
  return world;
}

async function expectWhole(world: BackupWorld): Promise<void> {
  for (const [id, files] of await world.restored()) expect(files, `snapshot ${id}`).toEqual(world.held.get(id));
  expect(await world.withoutObjects(), "snapshots without objects").toEqual([]);
  if ((await world.info()) !== undefined) await world.view();
}

import { SnapshotKind } from "@snapdeck/contract/database-backup";
import type { EngineFolder } from "@snapdeck/contract/snapshot-file";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Ask, ModelHistory } from "../../tests/model-history.ts";
import { contentsByParts, infoOf, ownedPaths, viewOfStore } from "../../tests/model-store.ts";
import { engineRestore, type Files } from "../checks/engine-model.ts";

/** Few names and contents, so that equal files, files that come back and files that begin like others are common. */
const name = fc.constantFrom("data/a/t/p1/x.bin", "data/a/log/x.bin", "data/a/log/s & <b>.bin");
const folder = fc.constantFrom<EngineFolder>("rank-0/tom-0", "rank-0/tom-0", "rank-1/tom-0/parts");
const grow = fc.record({ to: fc.constant("grow"), folder, name, text: fc.constantFrom("x", "y", "xy") });
const written = fc.string({ unit: fc.constantFrom("x", "y"), maxLength: 4 });
const change = fc.oneof(
  { weight: 8, arbitrary: grow },
  { weight: 2, arbitrary: fc.record({ to: fc.constant("write"), folder, name, text: written }) },
  { weight: 1, arbitrary: fc.record({ to: fc.constant("remove"), folder, name, text: fc.constant("") }) },
);
const take = fc.record({
  type: fc.constant("take" as const),
  kind: fc.oneof(
    { weight: 1, arbitrary: fc.constant(SnapshotKind.enum.full) },
    { weight: 6, arbitrary: fc.constant(SnapshotKind.enum.differential) },
    { weight: 30, arbitrary: fc.constant(SnapshotKind.enum.incremental) },
  ),
  withoutBase: fc.integer({ min: 0, max: 4 }).map((each) => each === 0),
});
const ask = fc.oneof(
  { weight: 40, arbitrary: take },
  { weight: 20, arbitrary: fc.record({ type: fc.constant("purge" as const), which: fc.nat(20) }) },
  { weight: 6, arbitrary: fc.record({ type: fc.constant("cap" as const), cap: fc.nat(3) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constantFrom("intermediates" as const, "merge" as const) }) },
  { weight: 1, arbitrary: fc.constant({ type: "drop" as const }) },
);
const turn = fc.record({
  changes: fc.array(change, { maxLength: 4, size: "max" }),
  ask,
  /** After how many steps it crashes, and then each recovery; without another crash it ends. */
  crashes: fc.array(fc.nat(12), { maxLength: 3, size: "max" }),
});

const FIRST = { type: "take", kind: "full", withoutBase: false } as const;

test("whatever is taken, purged, merged, capped and dropped, and wherever it crashes, each listed snapshot is what it was", {
  timeout: 120_000,
}, async () => {
  const seen = new Set<Ask["type"]>();
  await fc.assert(
    fc.asyncProperty(fc.array(turn, { minLength: 4, maxLength: 16, size: "max" }), async (turns) => {
      const history = new ModelHistory();
      for (const { changes, ask: asked, crashes } of turns) {
        // A history that begins with anything else than a full snapshot, or goes on after a drop without one, shows nothing.
        const ask = infoOf(history.store) === undefined ? FIRST : asked;
        for (const each of changes) apply(history.live.get(each.folder), each);
        let steps = await history.plan(ask);
        if (steps.length > 0) seen.add(ask.type);
        const before = infoOf(history.store)?.snapshots.map(({ id }) => id) ?? [];
        for (const crash of [...crashes, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]) {
          for (const step of steps.slice(0, crash)) {
            history.run(step);
            expectAllRestorable(history);
          }
          steps = history.recovery();
        }
        expect(steps).toEqual([]);
        expectNothingUnowned(history);
        if (crashes.length === 0) expectDone(history, ask, before);
      }
    }),
    { numRuns: 200 },
  );
  expect([...seen].sort()).toEqual(["cap", "drop", "intermediates", "merge", "purge", "take"]);
});

test("of a file that two removals in a row put together, the older one is gone, wherever the second crashes", async () => {
  for (let crash = 0, done = false; !done; crash += 1) {
    const history = new ModelHistory();
    const name = "data/a/log/x.bin";
    const asks: Ask[] = [
      FIRST,
      ...Array.from({ length: 3 }, () => ({ type: "take", kind: "incremental", withoutBase: false }) as const),
    ];
    for (const [at, ask] of [...asks, { type: "purge", which: 2 } as const].entries()) {
      if (at < asks.length) history.live.get("rank-0/tom-0")?.set(name, "xyxy".slice(0, at + 1));
      for (const step of await history.plan(ask)) history.run(step);
    }
    const steps = await history.plan({ type: "purge", which: 1 });
    done = crash >= steps.length;
    for (const step of steps.slice(0, crash)) history.run(step);
    for (let rounds = 0; rounds < 2; rounds += 1) for (const step of history.recovery()) history.run(step);
    expectAllRestorable(history);
    expectNothingUnowned(history);
    expect([...history.store.keys()].filter((path) => path.includes("/joined/"))).toHaveLength(1);
  }
});

function apply(files: Files | undefined, { to, name, text }: { to: string; name: string; text: string }): void {
  if (to === "remove") files?.delete(name);
  else files?.set(name, to === "grow" ? (files.get(name) ?? "") + text : text);
}

function expectAllRestorable({ store, held }: ModelHistory): void {
  if (infoOf(store) === undefined) return;
  const view = viewOfStore(store);
  for (const { id, folders } of view.info.snapshots) {
    const byEngine = new Map(folders.map(({ path }) => [path, engineRestore(store, `${id}/${path}`)]));
    expect(plain(byEngine)).toBe(plain(held.get(id)));
    expect(plain(contentsByParts(store, view, id))).toBe(plain(held.get(id)));
  }
}

/** One text for equal contents: thousands of comparisons of maps take their time. */
function plain(contents: ReadonlyMap<string, Files> | undefined): string {
  return JSON.stringify([...(contents ?? [])].map(([folder, files]) => [folder, [...files].sort()]));
}

function expectNothingUnowned({ store }: ModelHistory): void {
  const owned = infoOf(store) === undefined ? new Set<string>() : ownedPaths(viewOfStore(store));
  expect([...store.keys()].filter((path) => !owned.has(path))).toEqual([]);
}

function expectDone({ store }: ModelHistory, ask: Ask, before: readonly number[]): void {
  const after = infoOf(store)?.snapshots ?? [];
  if (ask.type === "drop") expect(store.size).toBe(0);
  if (ask.type === "merge" && before.length > 1) expect(after.map(({ kind }) => kind)).toEqual(["full"]);
  if (ask.type === "cap") {
    const incrementals = after.filter(({ kind }) => kind === "incremental");
    expect(incrementals.length).toBeLessThanOrEqual(Math.max(ask.cap, 1));
  }
}

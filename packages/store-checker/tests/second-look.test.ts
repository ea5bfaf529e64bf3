import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { placeOf } from "./fixture/planted-break.ts";
import { T0 } from "./fixture/store-fixture.ts";
import { World } from "./fixture/world.ts";

/** Does something at the beginning of each look, which is when the check asks for the time. */
function atEachLook(act: (look: number) => void): () => number {
  let look = 0;
  return () => {
    look += 1;
    act(look);
    return T0 + 900_000;
  };
}

test("What is whole when it is looked at again is no break", async () => {
  using world = await World.make();
  world.store.write("local/b-failed/a1-dead/x.bin", "x");
  world.store.write("local/b-canceled/a1-dead/x.bin", "x");
  const heals = (look: number) => {
    if (look === 2) rmSync(placeOf(world, "local/b-failed"), { recursive: true });
  };
  expect(await world.breaks({ now: atEachLook(heals) })).toEqual(["I26 orphan: local/b-canceled"]);
});

test("What only breaks while it is looked at again is left to the next check", async () => {
  using world = await World.make();
  world.store.write("local/b-failed/a1-dead/x.bin", "x");
  const breaks = (look: number) => {
    if (look === 2) world.store.write("local/b-canceled/a1-dead/x.bin", "x");
  };
  expect(await world.breaks({ now: atEachLook(breaks) })).toEqual(["I4 orphan: local/b-failed"]);
});

test("Files that somebody is removing are waited for", async () => {
  using world = await World.make();
  for (let file = 1; file <= 5; file += 1) world.store.write(`local/b-failed/a1-dead/${file}.bin`, "x");
  const removes = (look: number) => {
    rmSync(placeOf(world, `local/b-failed/a1-dead/${look}.bin`));
    if (look === 5) rmSync(placeOf(world, "local/b-failed"), { recursive: true });
  };
  expect(await world.breaks({ now: atEachLook(removes) })).toEqual([]);
  expect(existsSync(placeOf(world, "local/b-failed"))).toBe(false);
});

test("A check stops when it is told to", async () => {
  using world = await World.make();
  const { checkStore } = await import("../src/check-store.ts");
  const options = {
    storeRoot: world.store.root,
    state: { sqliteFile: join(world.home, "state/state.sqlite") },
    bytes: true,
  };
  const stop = new AbortController();
  stop.abort(new Error("enough"));
  await expect(checkStore(options, stop.signal)).rejects.toThrow("enough");
});

test("A check tells how far it is, and ends with everything done", async () => {
  using world = await World.make();
  const { checkStore } = await import("../src/check-store.ts");
  const told: { filesDone: number; filesTotal: number; bytesDone: number; bytesTotal: number }[] = [];
  const report = await checkStore(
    { storeRoot: world.store.root, bytes: true, lookAgainAfterMs: 5 },
    undefined,
    (each) => told.push(each),
  );
  const last = told.at(-1);
  expect(last).toEqual({
    filesDone: report.files,
    filesTotal: report.files,
    bytesDone: report.sizeBytes,
    bytesTotal: report.sizeBytes,
  });
  expect(told.map(({ bytesDone }) => bytesDone)).toEqual(
    told.map(({ bytesDone }) => bytesDone).toSorted((a, b) => a - b),
  );
});

import { expect, test } from "vitest";
import { World } from "./fixture/world.ts";

test("A healthy store and state are found whole, by all that is checked", async () => {
  using world = await World.make();
  world.hasClusterDir();
  const report = await world.check({ clusterDir: world.clusterDir });
  expect(report.breaks).toEqual([]);
  expect(report).toMatchObject({ backups: 3, files: 3 * 2 * 9 });
  const checked = report.checked.filter(({ facts }) => facts > 0).map(({ invariant }) => invariant);
  expect(checked).toEqual([
    "I1",
    "I2",
    "I4",
    "I5",
    "I6",
    "I7",
    "I11",
    "I15",
    "I20",
    "I23",
    "I24",
    "I25",
    "I26",
    "I29",
    "I30",
  ]);
});

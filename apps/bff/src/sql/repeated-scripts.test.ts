import { ClusterId } from "@snapdeck/contract/scalars";
import type { SqlReply } from "@snapdeck/contract/sql";
import { expect, test } from "vitest";
import { RepeatedScripts } from "./repeated-scripts.ts";

const MINUTE = 60_000;
const name = (key: string) => ({ username: "ana", clusterId: ClusterId.parse("local"), key });
const nothing: SqlReply = { results: [] };

test("A script that runs longer than it is remembered is not run beside itself when it is sent again", async () => {
  let now = 0;
  const scripts = new RepeatedScripts(() => now);
  const runs: string[] = [];
  let end: (() => void) | undefined;
  const first = scripts.run(name("k"), "INSERT", async () => {
    runs.push("begun");
    await new Promise<void>((resolve) => {
      end = resolve;
    });
    runs.push("ended");
    return nothing;
  });
  await expect.poll(() => runs).toEqual(["begun"]);
  now = 30 * MINUTE;
  const again = scripts.run(name("k"), "INSERT", async () => {
    runs.push("again");
    return nothing;
  });
  for (let other = 0; other < 60; other += 1) await scripts.run(name(`${other}`), "SELECT 1", async () => nothing);
  expect(runs).toEqual(["begun"]);
  end?.();
  await Promise.all([first, again]);
  expect(runs).toEqual(["begun", "ended", "again"]);
});

test("What a script came to is known for ten minutes from its end, and no longer", async () => {
  let now = 0;
  const scripts = new RepeatedScripts(() => now);
  const known: number[] = [];
  const run = () =>
    scripts.run(name("k"), "SELECT 1", async (results) => {
      known.push(results.length);
      now += 20 * MINUTE;
      results.push({ kind: "done", statement: "SELECT 1" });
      return nothing;
    });
  await run();
  now += 9 * MINUTE;
  await run();
  now += 11 * MINUTE;
  await run();
  expect(known).toEqual([0, 1, 0]);
});

test("A script whose results had to be let go of is refused when it is sent again, and not run twice", async () => {
  let now = 0;
  const scripts = new RepeatedScripts(() => now);
  const runs: string[] = [];
  const insert = (key: string) =>
    scripts.run(name(key), "INSERT", async (results) => {
      if (results.length > 0) return { results };
      runs.push(key);
      results.push({ kind: "done", statement: "INSERT" });
      return { results };
    });
  for (let each = 0; each < 60; each += 1) await insert(`${each}`);
  await expect(insert("0")).rejects.toMatchObject({ code: "idempotency-conflict" });
  expect((await insert("59")).results).toHaveLength(1);
  expect(runs).toHaveLength(60);
  now = 11 * MINUTE;
  await insert("0");
  expect(runs).toHaveLength(61);
});

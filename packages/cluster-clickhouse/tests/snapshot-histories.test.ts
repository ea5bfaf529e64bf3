import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EmbeddedHost } from "./embedded-host.ts";
import { aHistory } from "./history-commands.ts";
import { HistoryWorld } from "./history-world.ts";

/** How many histories are tried; a few with all other tests, 200 where SNAPDECK_HISTORIES says so. */
const HISTORIES = Number(process.env["SNAPDECK_HISTORIES"] ?? 6);
/** Replays those of an earlier run. */
const SEED = Number(process.env["SNAPDECK_HISTORY_SEED"] ?? Math.floor(Math.random() * 2 ** 31));

let host: EmbeddedHost;

beforeAll(async () => {
  host = await EmbeddedHost.start();
});
afterAll(() => host[Symbol.asyncDispose]());

test(
  `every snapshot that is listed restores to exactly what it held, whatever happened since (seed ${SEED})`,
  async () => {
    let number = 0;
    await fc.assert(
      fc.asyncProperty(aHistory, async (history) => {
        number += 1;
        const world = await HistoryWorld.open(host, number);
        for (const command of history) await world.do(command);
        expect(await world.differences()).toEqual([]);
        expect(await world.strayFolders()).toEqual([]);
        await world.close();
      }),
      // A history that fails is told as it is: to try shorter ones takes minutes on a real engine.
      { numRuns: HISTORIES, seed: SEED, endOnFailure: true },
    );
  },
  HISTORIES * 60_000,
);

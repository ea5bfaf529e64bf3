import { ClusterId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { expect, test, vi } from "vitest";
import { createLog } from "../log.ts";
import { ChangeFeed } from "./change-feed.ts";
import { ClusterEvents } from "./cluster-events.ts";

const LOCAL = ClusterId.parse("local");
const log = createLog("silent");

test("changes that could not be read are read again, though nothing else happens", async () => {
  vi.useFakeTimers();
  const asked: number[] = [];
  const changesSince = async (_: ClusterId, since: number) => {
    asked.push(since);
    if (asked.length === 1) throw new SnapdeckError("internal", "the database was locked");
    return [];
  };
  const feed = new ChangeFeed({ newestSeq: async () => 7, changesSince }, new ClusterEvents(log), log);
  await feed.start([LOCAL]);
  feed.poke(LOCAL);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(asked).toEqual([7, 7]);
  feed.stop();
  vi.useRealTimers();
});

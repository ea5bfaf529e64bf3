import type { LiveRequest } from "@snapdeck/contract/live";
import type { Reply } from "@snapdeck/contract/routes";
import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { keys } from "../api/query-keys.ts";
import { aJob } from "../job-card/a-job.ts";
import { ClusterFollower } from "./cluster-follower.ts";

const CLUSTER = aJob().clusterId;

/** A page that holds the activity at change 7, and a server that stands where the test puts it. */
function aFollower() {
  const client = new QueryClient();
  const sent: LiveRequest[] = [];
  let seq = 7;
  const read = vi.fn(async (): Promise<Reply<"listActivity">> => ({ items: [], seq }));
  client.setQueryDefaults(keys.activity(CLUSTER), { queryFn: read });
  client.setQueryData<Reply<"listActivity">>(keys.activity(CLUSTER), { items: [], seq });
  // A query that nobody watches is refetched all the same; without a function it would not be.
  client
    .getQueryCache()
    .find({ queryKey: keys.activity(CLUSTER) })
    ?.setOptions({ queryKey: keys.activity(CLUSTER), queryFn: read });
  const follower = new ClusterFollower(client, CLUSTER, { send: (request) => void sent.push(request) });
  return {
    follower,
    sent,
    read,
    standsAt: (next: number) => {
      seq = next;
    },
  };
}

describe("A page that missed what the stream told", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.parse("2026-11-22T13:00:00.000Z") });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("reads the activity again and follows from there", async () => {
    const { follower, sent, read, standsAt } = aFollower();
    standsAt(9);
    follower.missed();
    await vi.advanceTimersByTimeAsync(0);
    expect(read).toHaveBeenCalledOnce();
    expect(sent).toEqual([
      { type: "unfollow", clusterId: CLUSTER },
      { type: "follow", clusterId: CLUSTER, since: 9 },
    ]);
  });

  test("reads once more when it misses something meanwhile, at most once a second", async () => {
    const { follower, read } = aFollower();
    for (let count = 0; count < 50; count += 1) follower.missed();
    await vi.advanceTimersByTimeAsync(999);
    expect(read).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(1);
    expect(read).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(read).toHaveBeenCalledTimes(2);
  });
});

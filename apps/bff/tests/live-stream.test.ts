import { setImmediate as nextTurn } from "node:timers/promises";
import { JobId } from "@snapdeck/contract/scalars";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LiveClient } from "./world/live-client.ts";
import { aJob, type MemoryClusterServices } from "./world/memory-cluster-services.ts";
import { startWorld, type World } from "./world/start-world.ts";

const T0 = "2026-11-22T09:00:00.000Z";
const RUNNING = { name: "running", startedAt: T0, phase: "draining" } as const;

let world: World;
let cluster: MemoryClusterServices;

beforeEach(async () => {
  world = await startWorld({
    // Reading takes a different time each time, as it does from a disk.
    services: (services) => ({
      ...services,
      jobs: {
        ...services.jobs,
        changesSince: async (...input) => {
          const changes = await services.jobs.changesSince(...input);
          for (let turns = Math.floor(Math.random() * 4); turns > 0; turns -= 1) await nextTurn();
          return changes;
        },
      },
    }),
  });
  cluster = world.cluster;
});

afterEach(() => world.stop());

async function aClient(): Promise<LiveClient> {
  return LiveClient.of(await world.signedIn("viewer"));
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

describe("Following a cluster", () => {
  test("replays what was missed, says where the stream stands, and goes on", async () => {
    const job = aJob();
    for (let changes = 0; changes < 450; changes += 1) cluster.store(job);
    const client = await aClient();
    client.follow(3);
    await client.until(({ frames }) => frames.some(({ type }) => type === "following"));
    expect(client.seqs()).toEqual(upTo(450).slice(3));
    expect(client.of("following")).toMatchObject([{ seq: 450 }]);
    cluster.change(job, RUNNING);
    await client.until((told) => told.seqs().includes(451));
  });

  test("shows the cluster as the reader's own role sees it", async () => {
    const viewer = await aClient();
    const admin = await LiveClient.of(await world.signedIn("admin"));
    for (const client of [viewer, admin]) {
      client.follow(0);
      await client.until((told) => told.of("cluster").length > 0);
    }
    cluster.state = "suspended";
    cluster.emit({ type: "cluster" });
    for (const client of [viewer, admin]) {
      await client.until((told) => told.of("cluster").at(-1)?.cluster.state === "suspended");
    }
    expect(viewer.of("cluster").at(-1)?.cluster.actions.restore.allowed).toBe(false);
    expect(admin.of("cluster").at(-1)?.cluster.actions.restore.allowed).toBe(true);
  });

  test("tells each change once and in order, to all who come while a storm of them goes on", async () => {
    const job = aJob();
    const clients = await Promise.all(Array.from({ length: 8 }, aClient));
    const storm = (async () => {
      for (let changes = 0; changes < 2_000; changes += 1) {
        cluster.change(job);
        if (changes % 7 === 0) await nextTurn();
      }
    })();
    for (const [index, client] of clients.entries()) {
      for (let turns = index * 10; turns > 0; turns -= 1) await nextTurn();
      client.follow(0);
    }
    await storm;
    for (const client of clients) {
      await client.until((told) => told.seqs().at(-1) === 2_000);
      expect(client.seqs()).toEqual(upTo(2_000));
    }
  });

  test("puts right what is told out of order or not told at all", async () => {
    const client = await aClient();
    client.follow(0);
    await client.until((told) => told.of("following").length > 0);
    const changes = upTo(5).map(() => cluster.store(aJob()));
    for (const index of [1, 0, 4]) cluster.emit({ type: "job", ...changes[index]! });
    await client.until((told) => told.seqs().length === 5);
    expect(client.seqs()).toEqual(upTo(5));
  });

  test("brings changes of every size whole", async () => {
    const client = await aClient();
    client.follow(0);
    await client.until((told) => told.of("following").length > 0);
    const lengths = [1, 65_000, 66_000, 300_000];
    for (const length of lengths) cluster.change(aJob({ requestedBy: "→".repeat(length) }));
    await client.until((told) => told.seqs().length === lengths.length);
    expect(client.of("job").map(({ job }) => job.requestedBy.length)).toEqual(lengths);
  });

  test("stops when it is told to, and the last to stop ends the subscription", async () => {
    const client = await aClient();
    client.follow(0);
    await client.until((told) => told.of("following").length > 0);
    expect(cluster.watchers).toBe(1);
    client.say({ type: "unfollow", clusterId: aJob().clusterId });
    // Answered after the one before: from here on the first has been heard.
    client.socket.send("{}");
    await client.until((told) => told.of("problem").length > 0);
    expect(cluster.watchers).toBe(0);
  });
});

describe("A reader that cannot be told everything", () => {
  test("is told to read over HTTP when its changes are no longer kept", async () => {
    for (let changes = 0; changes < 10; changes += 1) cluster.store(aJob());
    cluster.forgottenUpTo = 5;
    const client = await aClient();
    client.follow(2);
    await client.until((told) => told.of("resync").length > 0);
    expect(client.seqs()).toEqual([]);
    client.follow(7);
    await client.until((told) => told.of("following").length > 0);
    expect(client.seqs()).toEqual([8, 9, 10]);
  });

  test("is told so too when it has seen changes that this server never made", async () => {
    cluster.store(aJob());
    const client = await aClient();
    client.follow(99);
    await client.until((told) => told.of("resync").length > 0);
  });

  test("is let go when it stops reading, and nothing is kept for it", async () => {
    const client = await aClient();
    client.follow(0);
    await client.until((told) => told.of("following").length > 0);
    client.socket.pause();
    const job = aJob({ requestedBy: "x".repeat(16_000) });
    while (cluster.watchers > 0) {
      cluster.change(job);
      await nextTurn();
    }
    const heldBytes = process.memoryUsage().arrayBuffers;
    for (let changes = 0; changes < 2_000; changes += 1) cluster.change(job);
    expect(process.memoryUsage().arrayBuffers - heldBytes).toBeLessThan(1024 * 1024);
    client.socket.resume();
    expect(await client.closed).toBe(4408);
    expect(client.of("resync")).toHaveLength(1);
    const seqs = client.seqs();
    expect(seqs).toEqual(upTo(seqs.length));
  });
});

describe("Progress", () => {
  test("comes at most ten times a second, and its newest comes", async () => {
    const client = await aClient();
    client.follow(0);
    await client.until((told) => told.of("following").length > 0);
    const jobId = JobId.parse(aJob().id);
    const startedAtMs = performance.now();
    let bytesDone = 0;
    while (performance.now() - startedAtMs < 550) {
      bytesDone += 1;
      const progress = { measuredAt: T0, bytesDone, bytesTotal: 0, filesDone: 0, filesTotal: 0, ranks: [] };
      cluster.emit({ type: "progress", jobId, attempt: 1, progress });
      await nextTurn();
    }
    await client.until((told) => told.of("progress").at(-1)?.progress.bytesDone === bytesDone);
    expect(bytesDone).toBeGreaterThan(20);
    expect(client.of("progress").length).toBeLessThanOrEqual(7);
  });
});

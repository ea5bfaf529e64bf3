import { once } from "node:events";
import { createServer } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { type ClickHouseSettings, DEFAULT_SETTINGS } from "../src/cluster-parts.ts";
import { RankClient } from "../src/rank-client.ts";
import { RankClients } from "../src/rank-clients.ts";
import { RankWork } from "../src/rank-work.ts";

/** What a rank says of a local RESTORE from its begin to its end: its counters stand still. */
const STANDING_STILL = {
  id: "restore",
  name: "File('a')",
  status: "RESTORING",
  error: "",
  query_id: "q",
  num_files: 10,
  num_entries: 10,
  total_size: 1_000,
  uncompressed_size: 1_000,
  failed_writes: 0,
  started_ms: 1,
};

/** A rank that a BACKUP runs on, and that hangs up on whoever asks while `silent`, and on whoever begins one: it `begins` it or not. */
async function aRank(settings: Partial<ClickHouseSettings>) {
  const rank = { silent: false, begins: true, kills: 0 };
  const server = createServer((request, response) => {
    if (rank.silent) return void request.socket.destroy();
    let statement = "";
    request.on("data", (chunk) => {
      statement += String(chunk);
    });
    request.on("end", () => {
      if (statement.startsWith("BACKUP")) return void request.socket.destroy();
      if (statement.startsWith("KILL")) rank.kills += 1;
      if (!rank.begins) return void response.end();
      const status = rank.kills > 0 ? "BACKUP_CANCELLED" : "CREATING_BACKUP";
      response.end(`${JSON.stringify({ ...STANDING_STILL, status })}\n`);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const endpoint = { rank: 0, url: `http://127.0.0.1:${port}`, username: "u", password: "p" };
  const client = new RankClient(endpoint);
  onTestFinished(async () => {
    await client.close();
    server.close();
  });
  const all = { ...DEFAULT_SETTINGS, ...settings };
  return { rank, work: new RankWork(new RankClients(async () => [endpoint]), client, "backup", all) };
}

test("Work on a rank that was silent for too long is not waited for when it is ended", async () => {
  const { rank, work } = await aRank({ rankSilenceMs: 200 });
  rank.silent = true;
  const untilLost = async () => {
    for (;;) await work.look();
  };
  await expect(untilLost()).rejects.toMatchObject({ code: "rank-lost" });
  const since = performance.now();
  await expect(work.stop()).rejects.toMatchObject({ code: "rank-lost" });
  expect(performance.now() - since).toBeLessThan(5_000);
  rank.silent = false;
  await work.stop();
  expect(rank.kills, "ended by who comes when it answers again").toBe(1);
});

test("Work whose rank began it and could not say so is begun, and work that it did not begin is not", async () => {
  const { rank, work } = await aRank({});
  await work.start("starting the backup", "BACKUP ALL TO File('a')");
  rank.begins = false;
  const lost = work.start("starting the backup", "BACKUP ALL TO File('a')");
  await expect(lost).rejects.toMatchObject({ code: "cluster-unreachable" });
});

test("Work on a rank that is silent for a moment is ended all the same", async () => {
  const { rank, work } = await aRank({ rankSilenceMs: 10_000 });
  rank.silent = true;
  const stopped = work.stop();
  setTimeout(() => {
    rank.silent = false;
  }, 300);
  await stopped;
  expect(rank.kills).toBe(1);
});

test("Work whose counters stand still goes on while its directory grows, and is ended when that stands still too", async () => {
  const server = createServer((_, response) => response.end(`${JSON.stringify(STANDING_STILL)}\n`));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const endpoint = { rank: 0, url: `http://127.0.0.1:${port}`, username: "u", password: "p" };
  const client = new RankClient(endpoint);
  const noProgressMs = 200;
  const work = new RankWork(new RankClients(async () => [endpoint]), client, "restore", {
    ...DEFAULT_SETTINGS,
    noProgressMs,
  });
  const beganAt = performance.now();
  for (let sizeBytes = 1; performance.now() - beganAt < 4 * noProgressMs; sizeBytes += 1) {
    work.sawBytes(sizeBytes);
    expect((await work.look())?.stage).toBe("running");
  }
  const untilEnded = async () => {
    for (;;) await work.look();
  };
  await expect(untilEnded()).rejects.toMatchObject({ code: "no-progress" });
  await client.close();
  server.close();
});

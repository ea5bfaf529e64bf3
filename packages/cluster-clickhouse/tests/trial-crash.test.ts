import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { WorkReport } from "@snapdeck/core/ports/cluster";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { ClickHouseCluster } from "../src/clickhouse-cluster.ts";
import { confirmedBy, EmbeddedHost, NEVER } from "./embedded-host.ts";
import { backUp, expectNothingLeft, standing, TOWN, verifyOrder } from "./town.ts";

let host: EmbeddedHost;
let cluster: ClickHouseCluster;

beforeAll(async () => {
  host = await EmbeddedHost.start();
  cluster = await host.cluster();
  await host.run(...TOWN);
});
afterAll(() => host[Symbol.asyncDispose]());

/** The process of a trial's rank: the one that the host manager wrote down and that is none of the live ones. */
async function trialPid(): Promise<number> {
  const written = z.array(z.object({ pid: z.int() }));
  const all = written.parse(JSON.parse(await readFile(join(host.clusterDir, "processes.json"), "utf8")));
  const live = new Set((await host.host.status()).ranks.map(({ pid }) => pid));
  const pid = all.map((each) => each.pid).find((each) => !live.has(each));
  if (pid === undefined) throw new Error("no trial has a process");
  return pid;
}

describe("An L3 verification", () => {
  test.each(["reading", "restoring", "comparing"] as const)(
    "that is canceled while %s ends stopped, and leaves the backup's level and no directory",
    async (phase) => {
      const backupId = await backUp(cluster);
      const cancel = new AbortController();
      const reports: WorkReport[] = [];
      for await (const report of cluster.systemBackups.verify(verifyOrder(backupId), cancel.signal)) {
        reports.push(report);
        if (report.type === "phase" && report.phase === phase) cancel.abort();
      }
      expect(reports.at(-1)).toEqual({ type: "stopped" });
      expect(await standing(cluster, backupId)).toMatchObject({ proof: { level: "L1" }, records: [] });
      await expectNothingLeft(host);
    },
  );

  test.each(["restoring", "comparing"] as const)(
    "whose throw-away rank is killed while %s fails without a word on the backup",
    async (phase) => {
      const backupId = await backUp(cluster);
      const follow = async () => {
        for await (const report of cluster.systemBackups.verify(verifyOrder(backupId), NEVER)) {
          const isThere = phase === "restoring" ? report.type === "progress" : report.type === "phase";
          const pid =
            isThere && host.rankDirectories().length > 1 ? await trialPid().catch(() => undefined) : undefined;
          if (pid !== undefined && (phase === "restoring" || (report.type === "phase" && report.phase === phase)))
            process.kill(pid, "SIGKILL");
        }
      };
      await expect(follow()).rejects.toMatchObject({ code: "rank-lost" });
      expect(await standing(cluster, backupId)).toMatchObject({ proof: { level: "L1" }, records: [] });
      await expectNothingLeft(host);
    },
  );

  test("whose throw-away rank stands still is ended by the watch", async () => {
    const backupId = await backUp(cluster);
    const impatient = await host.cluster({ noProgressMs: 500 });
    const follow = async () => {
      for await (const report of impatient.systemBackups.verify(verifyOrder(backupId), NEVER)) {
        if (report.type === "phase" && report.phase === "comparing") process.kill(await trialPid(), "SIGSTOP");
      }
    };
    await expect(follow()).rejects.toMatchObject({ code: "no-progress" });
    await expectNothingLeft(host);
  });

  test.each(["restoring", "comparing"] as const)(
    "whose server dies while %s is begun anew when it is taken up, and what it left can be discarded",
    async (phase) => {
      const backupId = await backUp(cluster);
      const order = verifyOrder(backupId);
      const dieAt = async (work: AsyncIterable<WorkReport>) => {
        for await (const report of work) {
          if (
            phase === "restoring"
              ? host.rankDirectories().length > 1
              : report.type === "phase" && report.phase === phase
          )
            return;
        }
      };
      await dieAt(cluster.systemBackups.verify(order, NEVER));
      expect(host.rankDirectories()).toHaveLength(2);
      const other = verifyOrder(backupId);
      await expect(confirmedBy(cluster.systemBackups.verify(other, NEVER))).rejects.toMatchObject({
        code: "cluster-busy",
      });
      const next = await host.cluster();
      expect(await confirmedBy(next.systemBackups.verify({ ...order, takeUp: true }, NEVER))).toMatchObject({
        level: "L3",
      });
      await dieAt(cluster.systemBackups.verify(other, NEVER));
      await next.systemBackups.discardVerification(other.jobId);
      await next.systemBackups.discardVerification(other.jobId);
      await expectNothingLeft(host);
    },
  );

  test("whose host manager is killed fails without a word on the backup, and nothing is left after the next start", async () => {
    const backupId = await backUp(cluster);
    const follow = async () => {
      for await (const report of cluster.systemBackups.verify(verifyOrder(backupId), NEVER)) {
        if (report.type !== "phase" || report.phase !== "comparing") continue;
        await host.kill();
        await host.startAgain();
      }
    };
    await expect(follow()).rejects.toMatchObject({ code: "rank-lost" });
    expect(await standing(cluster, backupId)).toMatchObject({ proof: { level: "L1" }, records: [] });
    await expectNothingLeft(host);
  });
});

import { expect } from "vitest";
import { faults } from "./cases.ts";
import { endedAs } from "./expect-end.ts";

const ORDERS = Array.from({ length: 50 }, (_, at) => at);

faults("J1: many orders at the same moment", {}, [
  {
    id: "J1-R-backup",
    row: "J1",
    fault: "R",
    tier: "quick",
    title: "50 orders for a backup at the same moment make one job; the others are refused with its id",
    run: async (world) => {
      const admin = await world.admin();
      const answers = await Promise.all(ORDERS.map(() => admin.ask("startBackup")));
      const jobs = answers.flatMap(({ reply }) => (reply === undefined ? [] : [reply]));
      expect(jobs, "orders that were taken").toHaveLength(1);
      const [job] = jobs;
      const refusals = answers.flatMap(({ status, problem }) => (problem === undefined ? [] : [{ status, problem }]));
      for (const { status, problem } of refusals)
        expect([status, problem.code, problem.jobId]).toEqual([409, "cluster-busy", job?.id]);
      return `${endedAs(await world.outcome(job), { ends: "succeeded" })}, 49 refused`;
    },
  },
  {
    id: "J1-R-same-key",
    row: "J1",
    fault: "R",
    tier: "quick",
    title: "one order that is sent 50 times under one key makes one job, and every answer is that job",
    run: async (world) => {
      const admin = await world.admin();
      const headers = { "idempotency-key": `backup-${Date.now()}` };
      const jobs = await Promise.all(ORDERS.map(() => admin.get("startBackup", { headers })));
      expect(new Set(jobs.map(({ id }) => id)).size).toBe(1);
      const ended = await world.outcome(jobs[0]);
      // Also long after it has ended.
      expect((await admin.get("startBackup", { headers })).id).toBe(ended.id);
      return endedAs(ended, { ends: "succeeded" });
    },
  },
  {
    id: "J1-R-mixed",
    row: "J1",
    fault: "R",
    tier: "full",
    title:
      "orders that exclude each other, all at the same moment: whatever comes first, no two of them go side by side",
    run: async (world, chance) => {
      const { id: backupId } = await world.backUp();
      const admin = await world.admin();
      const orders = [
        () => admin.ask("suspendCluster"),
        () => admin.ask("startBackup"),
        () => admin.ask("deleteBackup", { params: { backupId } }),
      ] as const;
      const answers = await Promise.all(ORDERS.map(() => chance.pick(orders)()));
      const taken = answers.flatMap(({ reply }) => (reply === undefined ? [] : [reply]));
      const kinds = taken.map(({ work }) => work.kind);
      expect(new Set(kinds).size, `${kinds}: no kind twice`).toBe(kinds.length);
      if (kinds.includes("suspend")) expect(kinds, "nothing goes beside a suspend").toEqual(["suspend"]);
      for (const job of taken) endedAs(await world.outcome(job), { ends: "succeeded" });
      if (kinds.includes("suspend")) await world.resume();
      return `taken: ${kinds.join(", ")}`;
    },
  },
]);

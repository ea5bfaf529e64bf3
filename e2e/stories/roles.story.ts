import { expect } from "@playwright/test";
import { CLUSTER_NAME } from "../harness/servers.ts";
import { test } from "../harness/story.ts";

test.describe("A viewer", () => {
  test("sees everything, and each forbidden action disabled with the reason", async ({ operator, stack }) => {
    await stack.ranks.makeTable("orders", 1_000);
    await stack.backUp();
    await operator.signsIn("viewer");

    await operator.opens("Snapshots");
    await operator.seesRefused(operator.button("Backup Now"), /operator/);
    await operator.seesRefused(operator.restoreButtons.first(), /admin/);
    await operator.seesRefused(operator.deleteButtons.first(), /admin/);
    await operator.opens("Cluster");
    await operator.seesRefused(operator.button("Suspend"), /operator/);
  });

  test("is refused by the server too, which names the role that is needed", async ({ stack }) => {
    const viewer = await stack.as("viewer");
    for (const route of ["startBackup", "suspendCluster", "resumeCluster", "loadExampleData"] as const) {
      const { status, code, problem } = await viewer.refusal(route);
      expect([status, code]).toEqual([403, "role-needed"]);
      expect(`${problem.detail} ${problem.hint}`).toContain("operator");
    }
    expect((await stack.ranks.status()).state).toBe("running");
  });
});

test.describe("An operator", () => {
  test("backs up and suspends, but neither restores nor deletes", async ({ operator, stack }) => {
    await stack.ranks.makeTable("orders", 1_000);
    const { work } = await stack.backUp();
    const backupId = "backupId" in work ? work.backupId : undefined;
    if (backupId === undefined) throw new Error("a backup has an id");
    await stack.suspend();
    await operator.signsIn("operator");
    await operator.opens("Snapshots");
    await operator.seesRefused(operator.restoreButtons.first(), /admin/);
    await operator.seesRefused(operator.deleteButtons.first(), /admin/);

    const asked = await stack.as("operator");
    const refusals = [
      await asked.refusal("planRestore", { params: { backupId } }),
      await asked.refusal("startRestore", {
        body: { planId: "00000000-0000-4000-8000-000000000000" as never, clusterName: CLUSTER_NAME },
      }),
      await asked.refusal("deleteBackup", { params: { backupId } }),
      await asked.refusal("listUsers"),
    ];
    for (const { status, code, problem } of refusals) {
      expect([status, code]).toEqual([403, "role-needed"]);
      expect(`${problem.detail} ${problem.hint}`).toContain("admin");
    }
    expect((await asked.get("listBackups")).items.map(({ id }) => id)).toEqual([backupId]);
  });
});

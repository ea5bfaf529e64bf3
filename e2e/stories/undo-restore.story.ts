import { expect } from "@playwright/test";
import { CLUSTER_NAME } from "../harness/servers.ts";
import { test } from "../harness/story.ts";

test.describe("Undo restore", () => {
  test("brings back what the restore replaced, row for row, and keeps the backup", async ({ operator, stack }) => {
    await stack.ranks.makeTable("orders", 20_000);
    await stack.backUpAndProve();
    await stack.ranks.addRows("orders", 1_000, 500_000);
    await stack.ranks.makeTable("later", 300, "Log");
    const orders = await stack.ranks.fingerprint("orders");
    const later = await stack.ranks.fingerprint("later");

    await operator.signsIn("admin");
    await operator.opens("Cluster");
    await operator.suspends();
    await operator.opens("Snapshots");
    await operator.restoresNewest(CLUSTER_NAME);
    await expect(operator.restoreIsDone).toBeVisible({ timeout: 45_000 });
    await operator.undoesRestore(operator.restoreIsDone, CLUSTER_NAME);
    await expect(operator.undoIsDone).toBeVisible();
    await expect(operator.button("Undo restore…")).toHaveCount(0);

    await operator.opens("Cluster");
    await operator.resumes();
    expect(await stack.ranks.fingerprint("orders")).toEqual(orders);
    expect(await stack.ranks.fingerprint("later")).toEqual(later);
    expect(await stack.ranks.tables()).toEqual(["shop.later", "shop.orders"]);
    expect((await (await stack.as("viewer")).get("listBackups")).total).toBe(1);
  });

  test("is refused over a running cluster, with the way out, and to whoever is no admin", async ({
    operator,
    stack,
  }) => {
    await stack.ranks.makeTable("orders", 1_000);
    await stack.backUpAndProve();
    await stack.suspend();
    const { id: restoreId } = await stack.restoreNewest();
    await stack.resume();
    const order = { params: { restoreId }, body: { clusterName: CLUSTER_NAME } };
    const admin = await stack.as("admin");
    expect((await admin.refusal("undoRestore", order)).code).toBe("cluster-not-suspended");
    expect((await (await stack.as("operator")).refusal("undoRestore", order)).code).toBe("role-needed");

    await operator.signsIn("admin");
    await operator.opens("Cluster");
    const undo = operator.previousData.getByRole("button", { name: "Undo restore…" });
    await operator.seesRefused(undo, "Suspend the cluster first");
    await operator.previousData.getByRole("button", { name: "Suspend…" }).click();
    await operator.answers("Suspend");
    await expect(operator.clusterState).toContainText("Suspended");
    await expect(undo).toBeEnabled();
    const misnamed = { params: { restoreId }, body: { clusterName: "another" } };
    expect((await admin.refusal("undoRestore", misnamed)).code).toBe("name-mismatch");
  });
});

test.describe("Keep restored data", () => {
  test("ends the way back, and leaves the restored rows as they are", async ({ operator, stack }) => {
    await stack.ranks.makeTable("orders", 5_000);
    const restored = await stack.ranks.fingerprint("orders");
    await stack.backUpAndProve();
    await stack.ranks.command("TRUNCATE TABLE shop.orders");
    await stack.suspend();
    const { id: restoreId } = await stack.restoreNewest();
    await stack.resume();

    await operator.signsIn("admin");
    await operator.opens("Cluster");
    await expect(operator.previousData).toContainText(/is let go by itself on/);
    await operator.previousData.getByRole("button", { name: "Keep restored data…" }).click();
    await expect(operator.dialog).toContainText("cannot be undone");
    await operator.answers("Keep restored data");
    await expect(operator.previousData).toHaveCount(0);
    await operator.opens("Snapshots");
    await expect(operator.button("Undo restore…")).toHaveCount(0);

    await stack.suspend();
    const order = { params: { restoreId }, body: { clusterName: CLUSTER_NAME } };
    expect((await (await stack.as("admin")).refusal("undoRestore", order)).code).toBe("no-previous-data");
    await stack.resume();
    expect(await stack.ranks.fingerprint("orders")).toEqual(restored);
  });
});

import { expect } from "@playwright/test";
import { CLUSTER_NAME } from "../harness/servers.ts";
import { test } from "../harness/story.ts";

for (const ranks of [1, 3]) {
  test.describe(`A restore on ${ranks} rank${ranks === 1 ? "" : "s"}`, () => {
    test.use({ stackOptions: { ranks } });

    test("brings back exactly what was backed up", async ({ operator, stack }) => {
      await stack.ranks.makeTable("orders", 20_000);
      await stack.ranks.makeTable("journal", 5_000, "Log");
      const orders = await stack.ranks.fingerprint("orders");
      const journal = await stack.ranks.fingerprint("journal");
      await operator.signsIn("admin");
      await operator.opens("Snapshots");
      await operator.presses("Backup Now");
      await expect(operator.restoreButtons).toHaveCount(1);

      // The mishap.
      await stack.ranks.command("ALTER TABLE shop.orders DELETE WHERE id % 3 = 0 SETTINGS mutations_sync = 2");
      await stack.ranks.addRows("orders", 50, 900_000);
      await stack.ranks.command("DROP TABLE shop.journal SYNC");
      await stack.ranks.makeTable("scratch", 10);

      await operator.opens("Cluster");
      await operator.suspends();
      await operator.opens("Snapshots");
      await operator.restoresNewest(CLUSTER_NAME);
      await expect(operator.restoreIsDone).toBeVisible({ timeout: 45_000 });

      await operator.opens("Cluster");
      await operator.resumes();
      expect(await stack.ranks.fingerprint("orders")).toEqual(orders);
      expect(await stack.ranks.fingerprint("journal")).toEqual(journal);
      expect(await stack.ranks.tables()).toEqual(["shop.journal", "shop.orders"]);

      await operator.reloads();
      await expect(operator.clusterState).toContainText("Running");
      await operator.opens("Snapshots");
      await expect(operator.restoreButtons).toHaveCount(1);
    });
  });
}

test.describe("A restore of a backup whose bytes were changed", () => {
  test("fails, says so, and leaves the cluster's data as it was", async ({ operator, stack }) => {
    await stack.ranks.makeTable("orders", 20_000);
    await stack.backUpAndProve();
    await stack.ranks.addRows("orders", 1_000, 500_000);
    const before = await stack.ranks.fingerprint("orders");
    stack.flipsABitOnTheStore();
    await stack.suspend();

    await operator.signsIn("admin");
    await operator.opens("Snapshots");
    await operator.restoresNewest(CLUSTER_NAME);
    const card = operator.job(/^Restore/);
    await expect(card).toContainText(/failed/i, { timeout: 45_000 });
    await expect(operator.backupRows.first()).toContainText("Suspect");

    await card.getByRole("button", { name: /^Cancel/ }).click();
    await expect(operator.activity).toHaveCount(0);
    await stack.resume();
    expect(await stack.ranks.fingerprint("orders")).toEqual(before);
  });
});

test.describe("The plan of a restore", () => {
  test("says what will be replaced before anything is, and lets the person keep it as it is", async ({
    operator,
    stack,
  }) => {
    await stack.ranks.makeTable("orders", 2_000);
    await stack.backUp();
    await stack.ranks.makeTable("later", 10);
    const before = await stack.ranks.fingerprint("orders");
    await stack.suspend();

    await operator.signsIn("admin");
    await operator.opens("Snapshots");
    await operator.restoreButtons.first().click();
    await expect(operator.dialog).toContainText(CLUSTER_NAME);
    await expect(operator.dialog).toContainText("orders");
    await expect(operator.dialog).toContainText("later");
    await expect(operator.dialog).toContainText(/free/i);

    await operator.answers("Continue");
    const replace = operator.dialog.getByRole("button", { name: "Replace all data" });
    await expect(replace).toBeDisabled();
    await operator.dialog.getByRole("textbox").fill("another cluster");
    await expect(replace).toBeDisabled();
    await operator.answers("Keep as it is");
    await expect(operator.dialog).toHaveCount(0);

    await stack.resume();
    expect(await stack.ranks.fingerprint("orders")).toEqual(before);
    expect(await stack.ranks.tables()).toEqual(["shop.later", "shop.orders"]);
  });
});

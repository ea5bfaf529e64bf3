import { expect } from "@playwright/test";
import { MANY_ROWS, SLOW_BACKUPS } from "../harness/slow.ts";
import { test } from "../harness/story.ts";

test.describe("A backup whose rank dies", () => {
  test.use({ stackOptions: { cluster: SLOW_BACKUPS } });

  test("is shown as failed with the reason, is not listed, and is cleared by Cancel", async ({ operator, stack }) => {
    await stack.ranks.makeTable("orders", MANY_ROWS);
    const store = stack.filesOnStore();
    await operator.signsIn("operator");
    await operator.opens("Snapshots");
    await operator.presses("Backup Now");
    const card = operator.job(/^Backup/);
    await expect(operator.progressOf(card)).toHaveAttribute("aria-valuenow", /^[1-9]/);

    await stack.killRank(0);
    await expect(card).toContainText(/failed/i, { timeout: 30_000 });
    await expect(card).toContainText(/rank/i);
    await expect(operator.restoreButtons).toHaveCount(0);

    await operator.reloads();
    await expect(card).toContainText(/failed/i);
    await card.getByRole("button", { name: /^Cancel/ }).click();
    await expect(operator.activity).toHaveCount(0);
    await operator.reloads();
    await expect(operator.heading("Snapshots")).toBeVisible();
    await expect(operator.activity).toHaveCount(0);
    expect(stack.filesOnStore()).toEqual(store);

    // The host manager brought the rank back, and the next backup is a good one.
    await stack.ranksAreUp();
    await stack.ranks.command("TRUNCATE TABLE shop.orders");
    await stack.ranks.addRows("orders", 1_000);
    await operator.presses("Backup Now");
    await expect(operator.restoreButtons).toHaveCount(1, { timeout: 45_000 });
  });
});

import { expect } from "@playwright/test";
import { test } from "../harness/story.ts";

test.describe("On a page 400 px wide", () => {
  test.use({ viewport: { width: 400, height: 800 } });

  test("everything can be read and pressed without scrolling sideways", async ({ operator, stack }) => {
    await stack.ranks.makeTable("orders", 1_000);
    await operator.signsIn("admin");
    await operator.opensFromMenu("Snapshots");
    await operator.presses("Backup Now");
    await expect(operator.restoreButtons).toHaveCount(1);
    await expect(operator.restoreButtons.first()).toBeInViewport({ ratio: 0.9 });
    await operator.fitsSideways();

    await operator.opensFromMenu("Cluster");
    await operator.fitsSideways();
    await operator.suspends();
    await operator.opensFromMenu("Snapshots");
    await operator.restoreButtons.first().click();
    await operator.fitsSideways();
    await operator.answers("Continue");
    await expect(operator.dialog.getByRole("button", { name: "Replace all data" })).toBeVisible();
    await operator.fitsSideways();
    await operator.answers("Keep as it is");
  });
});

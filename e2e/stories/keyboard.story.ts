import { expect } from "@playwright/test";
import { PEOPLE } from "../harness/people.ts";
import { CLUSTER_NAME } from "../harness/servers.ts";
import { test } from "../harness/story.ts";

test.describe("With the keyboard alone", () => {
  test("an admin signs in, backs up, suspends, restores and resumes", async ({ operator, stack }) => {
    await stack.ranks.makeTable("orders", 5_000);
    const before = await stack.ranks.fingerprint("orders");
    const { keyboard } = operator.page;
    await operator.visits();
    await operator.tabsTo(operator.nameField);
    await keyboard.type(PEOPLE.admin.username);
    await operator.tabsTo(operator.passwordField);
    await keyboard.type(PEOPLE.admin.password);
    await keyboard.press("Enter");

    await operator.reaches(operator.link("Snapshots"));
    await operator.reaches(operator.button("Backup Now"));
    await expect(operator.restoreButtons).toHaveCount(1);
    await stack.ranks.command("TRUNCATE TABLE shop.orders");

    await operator.reaches(operator.link("Cluster"));
    await operator.reaches(operator.button("Suspend"));
    await operator.reaches(operator.dialog.getByRole("button", { name: "Suspend" }));
    await expect(operator.clusterState).toContainText("Suspended");

    await operator.reaches(operator.link("Snapshots"));
    await operator.reaches(operator.restoreButtons.first());
    await operator.reaches(operator.dialog.getByRole("button", { name: "Continue" }));
    await operator.tabsTo(operator.dialog.getByRole("textbox"));
    await keyboard.type(CLUSTER_NAME);
    await operator.reaches(operator.dialog.getByRole("button", { name: "Replace all data" }));
    await expect(operator.restoreIsDone).toBeVisible({ timeout: 45_000 });

    await operator.reaches(operator.link("Cluster"));
    await operator.reaches(operator.button("Resume"));
    await expect(operator.clusterState).toContainText("Running");
    expect(await stack.ranks.fingerprint("orders")).toEqual(before);
  });
});

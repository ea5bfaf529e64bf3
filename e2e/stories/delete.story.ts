import { expect } from "@playwright/test";
import { test } from "../harness/story.ts";

test.describe("Delete backup", () => {
  test("removes the chosen backup and its files, and no other", async ({ operator, stack }) => {
    await stack.ranks.makeTable("orders", 5_000);
    await stack.backUpAndProve();
    const kept = stack.filesOnStore();
    await stack.backUpAndProve();
    await operator.signsIn("admin");
    await operator.opens("Snapshots");
    await expect(operator.restoreButtons).toHaveCount(2);

    await operator.deleteButtons.first().click();
    await expect(operator.dialog).toContainText(/delete/i);
    await operator.answers("Delete backup");
    await expect(operator.restoreButtons).toHaveCount(1);
    await expect(operator.activity).toHaveCount(0);

    await operator.reloads();
    await expect(operator.restoreButtons).toHaveCount(1);
    expect(stack.filesOnStore()).toEqual(kept);
  });

  test("can be thought better of", async ({ operator, stack }) => {
    await stack.backUpAndProve();
    const store = stack.filesOnStore();
    await operator.signsIn("admin");
    await operator.opens("Snapshots");
    await operator.deleteButtons.first().click();
    await expect(operator.dialog.getByRole("button", { name: "Keep it" })).toBeFocused();
    await operator.page.keyboard.press("Escape");
    await expect(operator.dialog).toHaveCount(0);
    await expect(operator.restoreButtons).toHaveCount(1);
    expect(stack.filesOnStore()).toEqual(store);
  });
});

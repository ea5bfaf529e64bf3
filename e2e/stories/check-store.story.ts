import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "@playwright/test";
import { CLUSTER_ID } from "../harness/api.ts";
import { test } from "../harness/story.ts";

test.describe("Check store", () => {
  test("says how much it looked at and that nothing is broken", async ({ operator, stack }) => {
    await stack.ranks.makeTable("orders", 5_000);
    await stack.backUpAndProve();
    await operator.signsIn("operator");
    await operator.opens("Snapshots");
    await operator.presses("Check store…");
    await operator.dialog.getByRole("checkbox", { name: /every byte/ }).check();
    await operator.answers("Check store");
    await expect(operator.storeIsSound).toContainText(/Nothing is broken: \d+ invariants hold on 1 backup/);
    await expect(operator.storeIsSound).toContainText("every byte was read");
    await expect(operator.activity).toHaveCount(0);
    await operator.presses("Dismiss the result of the store check");
    await expect(operator.storeIsSound).toHaveCount(0);
  });

  test("names what is broken and repairs nothing", async ({ operator, stack }) => {
    await stack.ranks.makeTable("orders", 5_000);
    await stack.backUpAndProve();
    const file = stack.flipsABitOnTheStore();
    const stray = join(stack.servers.storeRoot, CLUSTER_ID, "20200101-000000-stray1", "nobody.bin");
    mkdirSync(dirname(stray), { recursive: true });
    writeFileSync(stray, "left behind");
    const store = stack.filesOnStore();

    await operator.signsIn("operator");
    await operator.opens("Snapshots");
    await operator.presses("Check store…");
    await operator.dialog.getByRole("checkbox", { name: /every byte/ }).check();
    await operator.answers("Check store");
    const card = operator.job(/^Check the store/);
    await expect(card).toContainText("The store check found something broken", { timeout: 30_000 });
    await expect(card).toContainText(file);
    await expect(card).toContainText("20200101-000000-stray1");
    await expect(operator.storeIsSound).toHaveCount(0);
    expect(stack.filesOnStore()).toEqual(store);

    await card.getByRole("button", { name: /^Cancel/ }).click();
    await expect(operator.activity).toHaveCount(0);
  });

  test("is not for a viewer, who sees why", async ({ operator }) => {
    await operator.signsIn("viewer");
    await operator.opens("Snapshots");
    await operator.seesRefused(operator.button("Check store…"), /operator/);
  });
});

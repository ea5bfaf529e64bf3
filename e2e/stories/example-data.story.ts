import { expect } from "@playwright/test";
import { test } from "../harness/story.ts";

test.describe("Example data", () => {
  test("gives a newcomer's empty cluster something to back up", async ({ operator, stack }) => {
    await operator.signsIn("operator");
    await operator.opens("Cluster");
    await operator.presses("Load example data");
    await stack.jobsAreDone();
    await expect(operator.button("Load example data")).toHaveCount(0);

    const { rows, databases } = await (await stack.as("viewer")).get("getInventory");
    expect(rows).toBeGreaterThan(1_500_000);
    await operator.reloads();
    for (const table of databases.flatMap((database) => database.tables)) {
      await expect(operator.page.getByRole("row", { name: new RegExp(table.name) }).first()).toBeVisible();
    }
  });

  test("is not mixed with data of one's own", async ({ operator, stack }) => {
    await stack.ranks.makeTable("orders", 10);
    const { code } = await (await stack.as("operator")).refusal("loadExampleData");
    expect(code).toBe("cluster-not-empty");
    await operator.signsIn("operator");
    await operator.opens("Cluster");
    await expect(
      operator.button("Load example data").and(operator.page.locator(":enabled:not([aria-disabled=true])")),
    ).toHaveCount(0);
    expect(await stack.ranks.tables()).toEqual(["shop.orders"]);
  });
});

test.describe("The Cluster page", () => {
  test("shows a checksum on request, by which a person can compare before and after", async ({ operator, stack }) => {
    await stack.ranks.makeTable("orders", 3_000);
    await operator.signsIn("viewer");
    await operator.opens("Cluster");
    const row = operator.page.getByRole("row", { name: /orders/ });
    await expect(row).toContainText(/3[,.\s  ]?000|3\.0 ?K/i);
    await row.getByRole("button", { name: /checksum/i }).click();
    const { checksum } = await (await stack.as("viewer")).get("checksumTable", {
      body: { database: "shop", table: "orders" },
    });
    await expect(row).toContainText(checksum.slice(0, 8));
  });
});

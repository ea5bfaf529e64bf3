import { expect } from "@playwright/test";
import { MANY_ROWS, SLOW_BACKUPS } from "../harness/slow.ts";
import { test } from "../harness/story.ts";

test.describe("Cancel", () => {
  test.use({ stackOptions: { cluster: SLOW_BACKUPS } });

  test("stops a backup: the entry goes, and nothing is left on the store", async ({ operator, stack }) => {
    await stack.ranks.makeTable("orders", MANY_ROWS);
    const before = await stack.ranks.fingerprint("orders");
    const store = stack.filesOnStore();
    await operator.signsIn("operator");
    await operator.opens("Snapshots");
    await operator.presses("Backup Now");
    const card = operator.job(/^Backup/);
    await expect(operator.progressOf(card)).toHaveAttribute("aria-valuenow", /^[1-9]/);
    expect(stack.filesOnStore()).not.toEqual(store);

    await card.getByRole("button", { name: /^Cancel/ }).click();
    await operator.answers("Stop it");
    await expect(operator.activity).toHaveCount(0);
    await expect(operator.restoreButtons).toHaveCount(0);

    await operator.reloads();
    await expect(operator.heading("Snapshots")).toBeVisible();
    await expect(operator.activity).toHaveCount(0);
    const [job] = (await (await stack.as("viewer")).get("listJobs")).items;
    expect(job?.state).toMatchObject({ name: "canceled", canceledBy: "otto" });
    expect(stack.filesOnStore()).toEqual(store);
    expect(await stack.ranks.fingerprint("orders")).toEqual(before);
  });

  test("asked for too late changes nothing: the backup is there", async ({ stack }) => {
    const job = await stack.backUp();
    const { status, code } = await (await stack.as("operator")).refusal("cancelJob", { params: { jobId: job.id } });
    expect([status, code]).toEqual([409, "job-finished"]);
    expect((await (await stack.as("viewer")).get("listBackups")).total).toBe(1);
  });
});

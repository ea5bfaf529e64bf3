import { expect } from "@playwright/test";
import { SLOW_BACKUPS, SLOW_ROWS } from "../harness/slow.ts";
import { test } from "../harness/story.ts";

test.describe("Backup Now", () => {
  test.use({ stackOptions: { cluster: SLOW_BACKUPS } });

  test("takes a backup while rows are being inserted, and the writers go on", async ({ operator, stack }) => {
    await stack.ranks.makeTable("orders", SLOW_ROWS);
    await operator.signsIn("operator");
    await operator.opens("Snapshots");
    await expect(operator.activity).toHaveCount(0);
    await expect(operator.restoreButtons).toHaveCount(0);

    const writer = stack.keepsInserting("orders", SLOW_ROWS);
    await operator.presses("Backup Now");
    const card = operator.job(/^Backup/);
    await expect(card).toContainText(/copying/i);
    const bar = operator.progressOf(card);
    await expect(bar).toHaveAttribute("aria-valuenow", /^[1-9]/);
    await expect(card).toContainText(/\/s/);
    const insertsBefore = writer.inserts;
    await expect.poll(() => writer.inserts).toBeGreaterThan(insertsBefore);

    await expect(operator.restoreButtons).toHaveCount(1, { timeout: 45_000 });
    const written = await writer.stops();
    // What is left under Activity is the proof that follows by itself.
    await expect(operator.activity).toHaveCount(0);

    await operator.reloads();
    await expect(operator.restoreButtons).toHaveCount(1);
    const [backup] = (await (await stack.as("viewer")).get("listBackups")).items;
    expect(backup?.rows).toBeGreaterThanOrEqual(SLOW_ROWS);
    expect(backup?.rows).toBeLessThan(SLOW_ROWS + written.rows);
    expect((await stack.ranks.fingerprint("orders")).rows).toBe(SLOW_ROWS + written.rows);
  });

  test("takes one backup at a time: who asks for a second is shown the first", async ({ stack }) => {
    await stack.ranks.makeTable("orders", SLOW_ROWS);
    const api = await stack.as("operator");
    const first = await api.get("startBackup");
    const second = await api.refusal("startBackup");
    expect([second.status, second.code, second.problem.jobId]).toEqual([409, "cluster-busy", first.id]);
    await api.get("cancelJob", { params: { jobId: first.id } });
  });
});

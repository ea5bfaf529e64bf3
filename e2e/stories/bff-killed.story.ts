import { expect } from "@playwright/test";
import { SLOW_BACKUPS, SLOW_ROWS } from "../harness/slow.ts";
import { test } from "../harness/story.ts";

test.describe("A BFF that is killed during a backup", () => {
  test.use({ stackOptions: { cluster: SLOW_BACKUPS } });

  test("finds the job when it is started again, and the page recovers by itself", async ({ operator, stack }) => {
    await stack.ranks.makeTable("orders", SLOW_ROWS);
    const before = await stack.ranks.fingerprint("orders");
    await operator.signsIn("operator");
    await operator.opens("Snapshots");
    await operator.presses("Backup Now");
    await expect(
      operator
        .job(/^Backup/)
        .getByRole("progressbar")
        .first(),
    ).toHaveAttribute("aria-valuenow", /^[1-9]/);

    await stack.servers.bff.kill();
    await expect(operator.liveness).toContainText(/offline|not live|connection|reconnect/i);
    await stack.servers.startBff();

    // The rank has gone on meanwhile: either the job is finished, or it says why not.
    const { items } = await (await stack.as("viewer")).get("listJobs");
    const job = items.find(({ work }) => work.kind === "backup");
    if (job === undefined) throw new Error("the job is not forgotten");
    const ended = await stack.jobEnded(job.id);
    expect(ended.state.name).toBe("succeeded");
    await expect(operator.restoreButtons).toHaveCount(1, { timeout: 30_000 });
    await expect(operator.activity).toHaveCount(0);
    expect((await (await stack.as("viewer")).get("listBackups")).total).toBe(1);

    // The proof that it is a good one: it can be restored.
    await stack.ranks.command("TRUNCATE TABLE shop.orders");
    await stack.suspend();
    await stack.restoreNewest();
    await stack.resume();
    expect(await stack.ranks.fingerprint("orders")).toEqual(before);
  });
});

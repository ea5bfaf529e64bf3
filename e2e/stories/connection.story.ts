import { expect } from "@playwright/test";
import { test } from "../harness/story.ts";

test.describe("The connection between page and server", () => {
  test.use({ stackOptions: { line: true } });

  test("is shown when it is lost, with the age of what is seen, and when it is found nothing was missed", async ({
    operator,
    stack,
  }) => {
    await stack.ranks.makeTable("orders", 1_000);
    await operator.signsIn("operator");
    await operator.opens("Snapshots");
    await expect(operator.liveness).toContainText(/live/i);

    stack.servers.line.cut();
    await expect(operator.liveness).toContainText(/offline|not live|connection|reconnect/i);
    await expect(operator.liveness).toContainText(/\d+ ?(s|sec|second)/);

    // Meanwhile the world goes on.
    await stack.backUp();
    await stack.suspend();
    await expect(operator.restoreButtons).toHaveCount(0);

    stack.servers.line.mend();
    await expect(operator.restoreButtons).toHaveCount(1, { timeout: 30_000 });
    await expect(operator.clusterState).toContainText("Suspended");
    await expect(operator.liveness).not.toContainText(/offline|not live|reconnect/i);

    // And it is live again, not merely read once more.
    await stack.resume();
    await expect(operator.clusterState).toContainText("Running");
  });

  test("takes an order at most once, also when the line breaks while it is given", async ({ operator, stack }) => {
    await stack.ranks.makeTable("orders", 1_000);
    await operator.signsIn("operator");
    await operator.opens("Snapshots");
    stack.servers.line.cut();
    await operator.presses("Backup Now").catch(() => undefined);
    stack.servers.line.mend();
    await expect(operator.liveness).not.toContainText(/offline|not live|reconnect/i, { timeout: 30_000 });
    const api = await stack.as("viewer");
    await expect.poll(async () => (await api.get("listActivity")).items.length).toBe(0);
    const backups = (await api.get("listJobs")).items.filter(({ work }) => work.kind === "backup");
    expect(backups.length).toBeLessThanOrEqual(1);
  });
});

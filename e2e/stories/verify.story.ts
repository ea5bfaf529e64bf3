import { expect } from "@playwright/test";
import { CLUSTER_NAME } from "../harness/servers.ts";
import { test } from "../harness/story.ts";

/** Long enough for an engine to start beside the others, restore and scan, on a busy machine. */
const TRIAL_MS = 60_000;

test.describe("A new backup", () => {
  test("is read back by itself, byte by byte, and shows that proof with its age", async ({ operator, stack }) => {
    await stack.ranks.makeTable("orders", 20_000);
    await operator.signsIn("operator");
    await operator.opens("Snapshots");
    await operator.presses("Backup Now");
    const row = operator.backupRows.first();
    await expect(row).toContainText("Bytes read back", { timeout: 45_000 });
    await expect(row).toContainText(/L2, (just now|\d+ s ago)/);
    await expect(operator.activity).toHaveCount(0);

    await operator.opens("Jobs");
    const verification = operator.page.getByRole("row", { name: /^Verify backup .* L2/ });
    await expect(verification).toContainText("Succeeded");
    await expect(verification).toContainText(/read back/);
  });
});

test.describe("Verify", () => {
  test("restores a backup as a test on request, and leaves the cluster alone", async ({ operator, stack }) => {
    await stack.ranks.makeTable("orders", 20_000);
    await stack.backUpAndProve();
    const before = await stack.ranks.fingerprint("orders");
    const { ranks } = await stack.ranks.status();
    await operator.signsIn("operator");
    await operator.opens("Snapshots");
    await operator.verifiesNewest(/throw-away rank/);
    const row = operator.backupRows.first();
    await expect(row).toContainText("Restored as a test", { timeout: TRIAL_MS });
    await expect(row).toContainText(/L3, /);
    await expect(operator.activity).toHaveCount(0);

    expect(await stack.ranks.fingerprint("orders")).toEqual(before);
    expect((await stack.ranks.status()).ranks.map(({ pid }) => pid)).toEqual(ranks.map(({ pid }) => pid));

    await row.getByRole("button", { name: /proof details/ }).click();
    const proofs = operator.dialog.getByRole("list", { name: "Proofs" }).getByRole("listitem");
    await expect(proofs).toContainText([/Files checked/, /Bytes read back/, /Restored as a test/]);
    await expect(operator.dialog).not.toContainText("not proven");
  });

  test("finds a changed byte, names the file, and lets nobody restore it without a reason", async ({
    operator,
    stack,
  }) => {
    await stack.ranks.makeTable("orders", 20_000);
    await stack.backUpAndProve();
    await stack.ranks.addRows("orders", 1_000, 500_000);
    const before = await stack.ranks.fingerprint("orders");
    const file = stack.flipsABitOnTheStore();

    await operator.signsIn("admin");
    await operator.opens("Snapshots");
    await operator.verifiesNewest(/every byte/);
    const card = operator.job(/^Verify/);
    await expect(card).toContainText(/failed its proof/i);
    await expect(card).toContainText(file);
    const row = operator.backupRows.first();
    await expect(row).toContainText("Suspect");

    await card.getByRole("link", { name: "See what differs" }).click();
    await expect(operator.dialog.getByRole("list", { name: "What differs" })).toContainText(file);
    await operator.page.keyboard.press("Escape");
    await expect(operator.dialog).toHaveCount(0);
    await card.getByRole("button", { name: /^Cancel/ }).click();
    await expect(operator.activity).toHaveCount(0);
    await operator.reloads();
    await expect(row).toContainText("Suspect");

    // The server itself wants the reason, whatever a page sends.
    await stack.suspend();
    const admin = await stack.as("admin");
    const plan = await stack.planRestore();
    const refused = await admin.refusal("startRestore", { body: { planId: plan.id, clusterName: CLUSTER_NAME } });
    expect([refused.status, refused.code]).toEqual([409, "backup-suspect"]);

    await operator.restoreButtons.first().click();
    await expect(operator.dialog.getByRole("region", { name: "Suspect backup" })).toContainText(file);
    await operator.answers("Continue");
    const replace = operator.dialog.getByRole("button", { name: "Replace all data" });
    await operator.dialog.getByLabel(/^Type the cluster's name/).fill(CLUSTER_NAME);
    await operator.seesRefused(replace, /reason of at least 10 characters/);
    await operator.dialog.getByLabel(/^Why is/).fill("too short");
    await operator.seesRefused(replace, /reason of at least 10 characters/);
    await operator.dialog.getByLabel(/^Why is/).fill("The other store burnt down last night.");
    await operator.answers("Replace all data");

    // Rows and contents still decide: what the changed byte spoilt is not put in place.
    const restore = operator.job(/^Restore/);
    await expect(restore).toContainText(/failed/i, { timeout: 45_000 });
    await stack.resume();
    expect(await stack.ranks.fingerprint("orders")).toEqual(before);
    const trail = (await admin.get("listAudit")).items.map(({ result }) => result);
    expect(trail.some((result) => result.includes("The other store burnt down last night."))).toBe(true);
  });

  test("is not for a viewer, who sees why", async ({ operator, stack }) => {
    await stack.backUpAndProve();
    await operator.signsIn("viewer");
    await operator.opens("Snapshots");
    await operator.seesRefused(operator.backupRows.first().getByRole("button", { name: "Verify…" }), /operator/);
  });
});

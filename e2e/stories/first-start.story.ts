import { expect } from "@playwright/test";
import type { Api } from "../harness/api.ts";
import { Operator } from "../harness/operator.ts";
import { PEOPLE } from "../harness/people.ts";
import { test } from "../harness/story.ts";

const { username, password } = PEOPLE.admin;

test.describe("The first start", () => {
  test.use({ stackOptions: { untouched: true } });

  test("lets whoever holds the setup link make the first admin, once", async ({ operator, stack, browser }) => {
    const link = stack.setupUrl;
    await operator.visits(link);
    await operator.setsUp(username, password);
    await operator.opens("Snapshots");
    await operator.reloads();
    await expect(operator.heading("Snapshots")).toBeVisible();

    // Somebody else finds the link in the terminal later.
    const other = await browser.newContext();
    const stranger = new Operator(await other.newPage(), () => stack.url);
    await stranger.visits(link);
    await stranger.setsUp("mallory", password);
    await expect(stranger.alert).toContainText(/set up already|not valid/);
    await other.close();
    const admin = stack.anyone();
    await admin.signIn(username, password);
    expect((await admin.get("listUsers")).items.map((user) => user.username)).toEqual([username]);
  });

  test("makes nobody an admin by a link that was made up", async ({ operator, stack }) => {
    await operator.visits(stack.setupUrl.replace(stack.setupToken, "made-up"));
    await operator.setsUp("mallory", password);
    await expect(operator.alert).toContainText(/setup link/i);

    const stranger = stack.anyone();
    expect(await stranger.get("getSession")).toEqual({ signedIn: false, setupNeeded: true });
    const refused = await stranger.refusal("listClusters");
    expect([refused.status, refused.code]).toEqual([401, "not-signed-in"]);
  });
});

test.describe("Signing in", () => {
  test("takes the right password, and says no more than that a wrong one is wrong", async ({ operator }) => {
    await operator.visits();
    await operator.entersPassword(username, "not the password of ana");
    await expect(operator.alert).toContainText("The name or the password is wrong");
    await operator.entersPassword(username, password);
    await operator.opens("Snapshots");
  });

  test("ends when the person signs out", async ({ operator, stack }) => {
    await operator.signsIn("admin");
    await operator.signsOut();
    await expect(operator.button("Sign in")).toBeVisible();
    await operator.visits(`${stack.url}/`);
    await expect(operator.button("Sign in")).toBeVisible();
  });

  test("is asked for by every address of the server but those that need none", async ({ stack }) => {
    const stranger: Api = stack.anyone();
    for (const route of [
      "listClusters",
      "getCluster",
      "listActivity",
      "listBackups",
      "listUsers",
      "listAudit",
    ] as const) {
      expect((await stranger.refusal(route)).code).toBe("not-signed-in");
    }
  });
});

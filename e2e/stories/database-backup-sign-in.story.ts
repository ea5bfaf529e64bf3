import { expect } from "@playwright/test";
import type { Operator } from "../harness/operator.ts";
import { PEOPLE } from "../harness/people.ts";
import type { Stack } from "../harness/stack.ts";
import { test } from "../harness/story.ts";

/** How long a typed password counts, in minutes: long enough to confirm it on a busy machine and have the script begin. */
const FRESH_MINUTES = 0.1;

const SCRIPT =
  "CREATE TABLE shop.signed (n UInt8) ENGINE = MergeTree ORDER BY n; INSERT INTO shop.signed VALUES (1);\n" +
  "SELECT count() AS n FROM shop.signed";

/** Waits until a password that was typed later than the page's counts no more, so that the page's does not either. */
async function passwordIsOld(stack: Stack): Promise<void> {
  const later = stack.anyone();
  await later.signIn(PEOPLE.admin.username, PEOPLE.admin.password);
  const refusal = async () => (await later.ask("runSql", { body: { sql: "SELECT 1" } })).problem?.code;
  await expect.poll(refusal, { timeout: 30_000 }).toBe("sign-in-too-old");
}

async function confirms(operator: Operator, password: string): Promise<void> {
  await operator.dialog.getByLabel(/^Password of/).fill(password);
  await operator.answers("Confirm");
}

test.describe("A script that needs the password again", () => {
  test.use({ stackOptions: { bff: { freshSignInMinutes: FRESH_MINUTES } } });

  test("asks for it before its first statement, and then runs each once", async ({ operator, stack }) => {
    await stack.ranks.makeTable("orders", 10);
    await operator.signsIn("admin");
    await operator.opens("SQL");
    await passwordIsOld(stack);
    await operator.runsSql(SCRIPT);
    await expect(operator.dialog).toContainText("has not begun");
    expect(await stack.ranks.tables()).not.toContain("shop.signed");

    await confirms(operator, "not the password");
    await expect(operator.dialog).toContainText("The password is wrong");
    await confirms(operator, PEOPLE.admin.password);
    await expect(operator.dialog).toHaveCount(0);
    await expect(operator.sqlResult(3).getByRole("row").nth(1)).toHaveText("1");
    expect((await stack.ranks.fingerprint("signed")).rows).toBe(1);
  });

  test("runs nothing and says so where it is not given, and can be tried again", async ({ operator, stack }) => {
    await stack.ranks.makeTable("orders", 10);
    await operator.signsIn("admin");
    await operator.opens("SQL");
    await passwordIsOld(stack);
    await operator.runsSql(SCRIPT);
    await operator.answers("Not now");
    await expect(operator.dialog).toHaveCount(0);
    await expect(operator.alert).toContainText("No statement was run");
    expect(await stack.ranks.tables()).not.toContain("shop.signed");

    await operator.presses("Try again");
    await confirms(operator, PEOPLE.admin.password);
    await expect(operator.sqlResult(3)).toBeVisible();
    expect((await stack.ranks.fingerprint("signed")).rows).toBe(1);
  });
});

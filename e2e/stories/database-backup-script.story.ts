import { join } from "node:path";
import { expect, type Locator } from "@playwright/test";
import type { Operator } from "../harness/operator.ts";
import { MANY_ROWS, SLOW_BACKUPS, SLOW_ROWS } from "../harness/slow.ts";
import type { Stack } from "../harness/stack.ts";
import { test } from "../harness/story.ts";

/** Longer than a slowed backup takes on a busy machine. */
const WORK = { timeout: 60_000 };

const CREATE = "CREATE BACKUP shop_backup DATA SINK = backup_ds OBJECTS (TABLE = shop.orders)";
const FIRST = "INSERT INTO shop.marks VALUES (1)";
const LATER = "INSERT INTO shop.marks VALUES (2)";

/** A table whose backup takes a while, one that tells which statements ran, and the data sink. */
async function prepares(stack: Stack, rows: number): Promise<void> {
  await stack.ranks.makeTable("orders", rows);
  await stack.ranks.command("CREATE TABLE shop.marks (n UInt8) ENGINE = MergeTree ORDER BY tuple()");
  const sink = `CREATE DATA SINK backup_ds LOCATION = 'FILE://${join(stack.servers.databaseBackups, "nightly")}'`;
  await (await stack.as("admin")).get("runSql", { body: { sql: sink } });
}

/** What the statements that ran have left, in order. */
async function marks(stack: Stack): Promise<number[]> {
  const [found] = await stack.ranks.visit((ask) => ask<{ n: number }>("SELECT n FROM shop.marks ORDER BY n"));
  return (found ?? []).map(({ n }) => n);
}

async function statementJobs(stack: Stack) {
  const { items } = await (await stack.as("viewer")).get("listJobs");
  return items.filter(({ work }) => work.kind === "database-backup");
}

/** Has a script run on the SQL page, until the job of its backup has copied something. */
async function beginsJobOf(operator: Operator, sql: string): Promise<void> {
  await operator.signsIn("admin");
  await operator.opens("SQL");
  await operator.page.getByRole("textbox", { name: "Statements" }).fill(sql);
  await operator.page.keyboard.press("Control+Enter");
  await expect(operator.progressOf(jobCard(operator))).toHaveAttribute("aria-valuenow", /^[1-9]/, WORK);
}

function jobCard(operator: Operator): Locator {
  return operator.sqlResults.getByRole("article", { name: "Create the backup shop_backup" });
}

test.describe("A script of several statements", () => {
  test.use({ stackOptions: { cluster: SLOW_BACKUPS } });

  test("that is stopped runs nothing behind the job, which goes on until it is canceled", async ({
    operator,
    stack,
  }) => {
    await prepares(stack, MANY_ROWS);
    await beginsJobOf(operator, `${CREATE}; ${LATER}`);
    await operator.presses("Stop");
    await expect(operator.sqlResults).toContainText("those behind it are not run");
    await expect(operator.sqlResults).toContainText("1 job came of it");
    const card = jobCard(operator);
    await expect(operator.progressOf(card)).toBeVisible();

    await card.getByRole("button", { name: /^Cancel/ }).click();
    await operator.answers("Stop it");
    await expect(operator.sqlResults).toContainText("Canceled by", WORK);
    await operator.seesRefused(operator.button("Go on with the script"), /does not go on behind a job/);
    const [job, ...others] = await statementJobs(stack);
    expect([job?.state.name, others]).toEqual(["canceled", []]);
    expect(await marks(stack)).toEqual([]);
  });

  test("whose job fails names it, the reason and what was not run", async ({ operator, stack }) => {
    await prepares(stack, MANY_ROWS);
    await beginsJobOf(operator, `${FIRST}; ${CREATE}; ${LATER}; SELECT 3`);
    await stack.killRank(0);
    await expect(operator.sqlResults).toContainText(
      /Statement 2 of 4 failed: .*; 1 statement ran before it, 2 were/,
      WORK,
    );
    const failed = operator.sqlResult(2);
    await expect(failed).toContainText("CREATE BACKUP shop_backup");
    await expect(failed).toContainText(/rank/i);
    await expect(failed).toContainText("No snapshot was listed");
    const behind = operator.sqlResults.getByRole("region", { name: "Not run (2)" });
    await expect(behind.getByRole("listitem")).toHaveText([LATER, "SELECT 3"]);

    await failed.getByRole("button", { name: /^Cancel/ }).click();
    await expect(failed.getByRole("button", { name: /^Cancel/ })).toHaveCount(0);
    await stack.ranksAreUp();
    expect(await marks(stack)).toEqual([1]);
  });

  test("is cut off by a BFF that is killed, and waits for the same job when it goes on", async ({
    operator,
    stack,
  }) => {
    await prepares(stack, SLOW_ROWS);
    await beginsJobOf(operator, `${CREATE}; SELECT 'at the end' AS words`);
    await stack.servers.bff.kill();
    await expect(operator.alert).toContainText("how far it came is not known");
    await expect(operator.sqlResults).toContainText("is not known until the server answers");

    await stack.servers.startBff();
    await expect(operator.sqlResults).toContainText("1 job came of it", WORK);
    await expect(operator.sqlResults).toContainText(/Read back after the work: snapshot \d+ taken/, WORK);
    await operator.presses("Go on with the script");
    await expect(operator.sqlResult(2)).toContainText("at the end", WORK);
    expect(await statementJobs(stack)).toMatchObject([{ state: { name: "succeeded" } }]);
  });

  test.describe("on a line that breaks", () => {
    test.use({ stackOptions: { cluster: SLOW_BACKUPS, line: true } });

    test("says what is known and what is not, and does nothing twice when it goes on", async ({ operator, stack }) => {
      await prepares(stack, SLOW_ROWS);
      await beginsJobOf(operator, `${FIRST}; ${CREATE}; ${LATER}`);
      stack.servers.line.cut();
      await expect(operator.alert).toContainText("could not be reached");
      await expect(operator.alert).toContainText("how far it came is not known");
      await expect(operator.sqlResults).toContainText("is not known until the server answers");

      stack.servers.line.mend();
      await expect(operator.sqlResults).toContainText("1 job came of it", WORK);
      await expect(operator.sqlResults).toContainText(/Read back after the work: snapshot \d+ taken/, WORK);
      expect(await marks(stack)).toEqual([1]);

      await operator.presses("Go on with the script");
      await expect(operator.sqlResult(3)).toContainText("Done.", WORK);
      await expect(operator.sqlResult(2)).toContainText(/Read back after the work/);
      expect(await marks(stack)).toEqual([1, 2]);
      expect(await statementJobs(stack)).toHaveLength(1);
    });
  });
});

test.describe("A script with a mistake, by keyboard on a page 400 px wide", () => {
  test.use({ viewport: { width: 400, height: 800 } });

  test("has it underlined with line and column, and runs once it is mended", async ({ operator, stack }) => {
    await prepares(stack, 100);
    const { keyboard } = operator.page;
    await operator.signsIn("admin");
    await operator.reaches(operator.button("Open the menu"));
    await operator.reaches(operator.link("SQL"));
    await expect(operator.heading("SQL")).toBeVisible();
    const editor = operator.page.getByRole("textbox", { name: "Statements" });
    await operator.tabsTo(editor);
    await keyboard.type(`${FIRST};\n${CREATE.replace("OBJECTS", "OBJEKTS")}`);
    await keyboard.press("Control+Enter");

    const where = operator.alert.getByRole("region", { name: "What is malformed, and where" });
    await expect(where).toContainText(/line 2, column \d+: .*OBJEKTS/);
    await expect(where).toContainText(/\| +\^{7}\n/);
    await operator.fitsSideways();
    expect(await marks(stack)).toEqual([]);

    const button = operator.alert.getByRole("button", { name: /^Go to line 2, column \d+/ });
    await operator.reaches(button);
    await expect(editor).toBeFocused();
    await keyboard.type("OBJECTS");
    await keyboard.press("Control+Enter");
    await expect(operator.sqlResult(2)).toContainText(/Read back after the work/, WORK);
    await operator.fitsSideways();
    expect(await marks(stack)).toEqual([1]);
  });
});

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "@playwright/test";
import type { Stack } from "../harness/stack.ts";
import { test } from "../harness/story.ts";

/** Longer than a backup or a restore of a few thousand rows takes on a busy machine. */
const WORK = { timeout: 45_000 };

/** The statements that name the directory `nightly`, to write to and to read from. */
function connections(stack: Stack): string {
  const location = `'FILE://${join(stack.servers.databaseBackups, "nightly")}'`;
  return `CREATE DATA SINK backup_ds LOCATION = ${location}; CREATE DATA SOURCE restore_ds LOCATION = ${location}`;
}

const CREATE = "CREATE BACKUP shop_backup DATA SINK = backup_ds OBJECTS (ALL = shop)";
const INCREMENTAL = "BACKUP shop_backup TYPE = 'incremental' DATA SINK = backup_ds";
const DESCRIBE = "DESCRIBE BACKUP shop_backup DATA SOURCE = restore_ds";
const RESTORE =
  "RESTORE BACKUP shop_backup DATA SOURCE = restore_ds OBJECTS (ALL = shop) WITH OPTIONS (RESTORE_POLICY = 'replace')";

test.describe("A database backup in SQL", () => {
  test("is created, continued, described and restored, on the page and in a directory", async ({ operator, stack }) => {
    await stack.ranks.makeTable("orders", 5_000);
    await operator.signsIn("admin");
    await operator.opens("SQL");

    await operator.runsSql(connections(stack));
    await expect(operator.sqlResult(1)).toContainText("Done.");
    await expect(operator.sqlResult(2)).toContainText("Done.");

    await operator.runsSql(CREATE);
    await expect(operator.sqlResult(1)).toContainText("Create the backup shop_backup");
    await expect(operator.sqlResult(1)).toContainText(/Read back after the work: snapshot \d+ taken/, WORK);
    const store = join(stack.servers.databaseBackups, "nightly/shop_backup/ki_backup_info.json");
    expect(JSON.parse(await readFile(store, "utf8"))).toMatchObject({ name: "shop_backup" });

    await stack.ranks.addRows("orders", 1_000, 5_000);
    const before = await stack.ranks.fingerprint("orders");
    await operator.runsSql(INCREMENTAL);
    await expect(operator.sqlResult(1)).toContainText("Take an incremental snapshot of shop_backup");
    await expect(operator.sqlResult(1)).toContainText(/Read back after the work: snapshot \d+ taken/, WORK);

    await operator.runsSql(DESCRIBE);
    const rows = operator.sqlResult(1).getByRole("row");
    await expect(rows).toHaveCount(3);
    await expect(rows.nth(1)).toContainText("full");
    await expect(rows.nth(1)).toContainText("5000");
    await expect(rows.nth(2)).toContainText("incremental");
    await expect(rows.nth(2)).toContainText("6000");

    await stack.ranks.command("TRUNCATE TABLE shop.orders");
    await operator.runsSql(RESTORE);
    await expect(operator.sqlResult(1)).toContainText("Restore objects from shop_backup");
    await expect(operator.sqlResult(1)).toContainText(/Read back after the work: snapshot \d+ restored/, WORK);
    expect(await stack.ranks.fingerprint("orders")).toEqual(before);

    // What was done is found among the jobs, and what was run is still there when the page is opened again.
    await operator.opens("Jobs");
    await expect(operator.page.getByRole("row", { name: /^Restore objects from shop_backup/ })).toContainText(
      "Succeeded",
    );
    await operator.opens("SQL");
    await expect(operator.sqlResult(1)).toContainText("Restore objects from shop_backup");
    await expect(operator.page.getByText("Run before (5)")).toBeVisible();
  });

  test("that is malformed runs nothing, and the caret stands where it is wrong", async ({ operator, stack }) => {
    await operator.signsIn("admin");
    await operator.opens("SQL");
    await operator.runsSql(`${connections(stack)};\nCREATE BACKUP b DATA SINK = backup_ds OBJEKTS (ALL = shop)`);
    await expect(operator.alert).toContainText("line 2, column");
    const editor = operator.page.getByRole("textbox", { name: "Statements" });
    await expect(editor).toBeFocused();
    const marked = await editor.evaluate(
      (area) => area instanceof HTMLTextAreaElement && area.value.slice(area.selectionStart, area.selectionEnd),
    );
    expect(marked).toBe("OBJEKTS");
    const { reply } = await (await stack.as("viewer")).ask("runSql", { body: { sql: "DESCRIBE DATA SINK *" } });
    expect(reply?.results[0]).toMatchObject({ kind: "rows", rows: [] });
  });

  test("is refused to a viewer, who may look at backups all the same", async ({ operator, stack }) => {
    await (await stack.as("admin")).get("runSql", { body: { sql: connections(stack) } });
    await operator.signsIn("viewer");
    await operator.opens("SQL");
    await operator.runsSql(CREATE);
    await expect(operator.alert).toContainText("needs the role");
    await operator.runsSql("DESCRIBE DATA SOURCE *");
    await expect(operator.sqlResult(1).getByRole("row")).toHaveCount(2);
    await expect(operator.sqlResult(1)).toContainText(/restore_ds/i);
  });

  test.describe("on a page 400 px wide", () => {
    test.use({ viewport: { width: 400, height: 800 } });

    test("is written, run and read without scrolling the page sideways", async ({ operator, stack }) => {
      await stack.ranks.makeTable("orders", 1_000);
      await operator.signsIn("admin");
      await operator.opensFromMenu("SQL");
      await operator.runsSql(connections(stack));
      await operator.runsSql(CREATE);
      await expect(operator.sqlResult(1)).toContainText(/Read back after the work/, WORK);
      await operator.fitsSideways();
      await operator.runsSql(`${DESCRIBE}; SHOW BACKUP * DATA SOURCE = restore_ds`);
      await expect(operator.sqlResult(2)).toContainText("CREATE BACKUP shop_backup");
      await operator.fitsSideways();
    });
  });

  test.describe("of three ranks", () => {
    test.use({ stackOptions: { ranks: 3 } });

    test("holds each rank's own rows, and gives each its own back", async ({ stack }) => {
      await stack.ranks.makeTable("orders", 2_000);
      const api = await stack.as("admin");
      const runs = async (sql: string) => {
        const { results, stoppedBy } = await api.get("runSql", { body: { sql } });
        expect(stoppedBy).toBeUndefined();
        const last = results.at(-1);
        if (last?.kind !== "job") return results;
        const { state } = await stack.jobEnded(last.job.id);
        expect(state).toMatchObject({ name: "succeeded" });
        return results;
      };
      await runs(`${connections(stack)}; ${CREATE}`);
      await stack.ranks.addRows("orders", 500, 2_000);
      await runs(INCREMENTAL);
      const before = await stack.ranks.fingerprint("orders");
      await stack.ranks.command("TRUNCATE TABLE shop.orders");
      await runs(RESTORE);
      expect(await stack.ranks.fingerprint("orders")).toEqual(before);
      const [described] = await runs(DESCRIBE);
      expect(described).toMatchObject({ kind: "rows", rows: [{}, {}] });
    });
  });
});

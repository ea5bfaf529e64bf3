import type { SqlReply } from "@snapdeck/contract/sql";
import { expect, test } from "vitest";
import { aJob, aProblem } from "../../job-card/a-job.ts";
import { replyWords } from "./reply-words.ts";
import { withScript } from "./sql-desk.ts";

const done: SqlReply["results"][number] = { kind: "done", statement: "CREATE SCHEMA a" };
const rows: SqlReply["results"][number] = {
  kind: "rows",
  statement: "SHOW BACKUP *",
  columns: ["DDL"],
  rows: [["a"], ["b"]],
  isCut: false,
};

test("What came of a script is said in one sentence", () => {
  expect(replyWords({ results: [done] })).toBe("1 statement ran");
  expect(replyWords({ results: [done, rows, { kind: "job", statement: "BACKUP b", job: aJob() }] })).toBe(
    "3 statements ran: 2 rows, 1 job",
  );
});

test("Of a script that ended early it is said which statement ended it, what ran before and how much was not run", () => {
  const stoppedBy = aProblem("cluster-busy");
  expect(replyWords({ results: [done], stoppedBy, notRun: [] })).toBe(
    "Statement 2 of 2 failed: Another job holds the cluster; 1 statement ran before it",
  );
  const failed = aJob({ state: { name: "failed", endedAt: "2026-11-22T14:06:00.000Z", problem: stoppedBy } });
  const job = { kind: "job", statement: "BACKUP b" } as const;
  expect(replyWords({ results: [{ ...job, job: failed }], stoppedBy, notRun: ["SELECT 1", "SELECT 2"] })).toBe(
    "Statement 1 of 3 failed: Another job holds the cluster; 2 were not run",
  );
  const canceled = aJob({ state: { name: "canceled", endedAt: "2026-11-22T14:06:00.000Z", canceledBy: "ana" } });
  expect(replyWords({ results: [done, { ...job, job: canceled }], stoppedBy, notRun: ["SELECT 1"] })).toBe(
    "Statement 2 of 3 was canceled; 1 statement ran before it, 1 was not run",
  );
});

test("Scripts that were run are remembered newest first, each once, and twenty of them at most", () => {
  const twenty = Array.from({ length: 20 }, (_, index) => `SELECT ${index}`);
  expect(withScript({ scripts: twenty }, "SELECT 3").slice(0, 3)).toEqual(["SELECT 3", "SELECT 0", "SELECT 1"]);
  expect(withScript({ scripts: twenty }, "SELECT 20")).toHaveLength(20);
});

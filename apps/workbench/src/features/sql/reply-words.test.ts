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
  expect(replyWords({ results: [done], stoppedBy: aProblem("cluster-busy") })).toBe(
    "1 statement ran; then stopped: Another job holds the cluster",
  );
});

test("Scripts that were run are remembered newest first, each once, and twenty of them at most", () => {
  const twenty = Array.from({ length: 20 }, (_, index) => `SELECT ${index}`);
  expect(withScript({ scripts: twenty }, "SELECT 3").slice(0, 3)).toEqual(["SELECT 3", "SELECT 0", "SELECT 1"]);
  expect(withScript({ scripts: twenty }, "SELECT 20")).toHaveLength(20);
});

import type { DatabaseBackupDeed } from "@snapdeck/contract/job";
import type { User } from "@snapdeck/contract/session";
import { problemOf, SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { SqlReply, SqlResult, SqlValue } from "@snapdeck/contract/sql";
import { startJob } from "./work.ts";
import type { World } from "./world.ts";

const DEEDS: Record<string, DatabaseBackupDeed> = {
  CREATE: "take",
  BACKUP: "take",
  ALTER: "alter",
  RESTORE: "restore",
  DROP: "drop",
  VERIFY: "verify",
};

/** Statements by their first words: enough of each kind of answer for the page, and no parser. */
export async function runFakeSql(world: World, sql: string, user: User | undefined): Promise<SqlReply> {
  const statements = sql
    .split(";")
    .map((text) => text.trim().replace(/\s+/g, " "))
    .filter((text) => text !== "");
  const bad = /\b(BAKCUP|OBJECS)\b/.exec(sql);
  if (bad !== null) throw malformed(sql, bad.index, bad[0]);
  const looks = statements.every((text) => /^(SHOW|DESC)/i.test(text));
  if (user?.role === "viewer" && !looks) {
    throw new SnapdeckError(
      "role-needed",
      `this needs the role admin, and ${user.username} is viewer; nothing was run`,
      {
        hint: "Ask someone with the role admin.",
      },
    );
  }
  await new Promise((resolve) => setTimeout(resolve, 300));
  const results: SqlResult[] = [];
  for (const [index, statement] of statements.entries()) {
    try {
      results.push(await answer(world, statement, user?.username ?? "nobody"));
    } catch (error) {
      if (results.length === 0) throw error;
      return { results, stoppedBy: problemOf(error), stoppedAt: statement, notRun: statements.slice(index + 1) };
    }
  }
  return { results };
}

async function answer(world: World, statement: string, by: string): Promise<SqlResult> {
  const backup = /^(CREATE|BACKUP|ALTER|RESTORE|DROP|VERIFY)(?: BACKUP)? "?([\w*-]+)"? .*DATA (?:SINK|SOURCE)/i.exec(
    statement,
  );
  const deed = DEEDS[backup?.[1]?.toUpperCase() ?? ""];
  if (deed !== undefined && !/^\w+ (DATA|EXTERNAL|CREDENTIAL)/i.test(statement)) {
    const work = { kind: "database-backup", deed, backup: backup?.[2] ?? "", sql: statement } as const;
    return { kind: "job", statement, job: startJob(world, work, by, world.failing.has("database-backup")) };
  }
  if (/^DESC\w* BACKUP/i.test(statement)) return { kind: "rows", statement, ...described(3), isCut: false };
  if (/^(SHOW|DESC)/i.test(statement)) {
    const ddl = "CREATE BACKUP shop_backup DATA SINK = backup_ds OBJECTS (ALL = shop)";
    return { kind: "rows", statement, columns: ["DDL"], rows: [[ddl]], isCut: false };
  }
  const slow = /^SELECT sleep\((\d+)\)/i.exec(statement);
  if (slow !== null) await new Promise((resolve) => setTimeout(resolve, Number(slow[1]) * 1000));
  if (/^SELECT .*nowhere/i.test(statement)) {
    throw new SnapdeckError(
      "engine-failed",
      "Code: 60. Unknown table expression identifier 'nowhere'. (UNKNOWN_TABLE)",
    );
  }
  if (/^SELECT/i.test(statement)) {
    const rows = Array.from({ length: 450 }, (_, row): SqlValue[] => [
      String(row),
      `customer ${row}`,
      row % 7 === 0 ? null : (row * 37) % 1000,
      "a remark that is longer than the others, so that the table has to scroll by itself on a small screen",
    ]);
    return { kind: "rows", statement, columns: ["id", "name", "amount", "remark"], rows, isCut: true };
  }
  return { kind: "done", statement: statement.replace(/SECRET = '[^']*'/gi, "SECRET = '***'") };
}

function described(snapshots: number): { columns: string[]; rows: SqlValue[][] } {
  const columns = [
    "BACKUP_NAME",
    "BACKUP_ID",
    "BACKUP_TYPE",
    "TIME",
    "DURATION",
    "OBJECTS",
    "SIZE",
    "FILES",
    "RECORDS",
  ];
  const rows = Array.from({ length: snapshots }, (_, index): SqlValue[] => {
    const at = Date.parse("2026-11-22T12:00:00.000Z") + index * 3_600_000;
    const kind = index === 0 ? "full" : "incremental";
    const time = new Date(at).toISOString();
    return ["shop_backup", at, kind, time, 2400 + index, "ALL = shop", 2_216_000_000 / (1 + index), 1312, 2_114_330];
  });
  return { columns, rows };
}

function malformed(sql: string, at: number, found: string): SnapdeckError {
  const before = sql.slice(0, at).split("\n");
  const line = before.length;
  const column = (before.at(-1)?.length ?? 0) + 1;
  const text = sql.split("\n")[line - 1] ?? "";
  const mark = `${" ".repeat(column - 1)}${"^".repeat(found.length)}`;
  return new SnapdeckError(
    "sql-syntax",
    `line ${line}, column ${column}: no statement begins like this (found ${found}; expected BACKUP)\n  ${line} | ${text}\n    | ${mark}\nno statement was run`,
    { hint: "Correct the statement, then run it again." },
  );
}

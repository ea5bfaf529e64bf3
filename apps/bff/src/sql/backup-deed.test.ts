import { parseScript } from "@snapdeck/backup-sql/parse-script";
import type { DatabaseBackupStore } from "@snapdeck/core/ports/database-backup-store";
import { describe, expect, test } from "vitest";
import { deedOf } from "./backup-deed.ts";
import { isBackupWork, statementOfWork, workOfStatement } from "./backup-work-statement.ts";

const UUID = "2f1b3c52-7b1c-4a52-9b0e-1f3f4d5a6b7c";
const STORE = {} as DatabaseBackupStore;

async function asked(sql: string) {
  const parsed = parseScript(sql);
  const statement = parsed.outcome === "accepted" ? parsed.statements[0]?.statement : undefined;
  if (statement === undefined || !isBackupWork(statement)) throw new Error(`not understood: ${sql}`);
  // As a job carries it.
  const { request } = await deedOf(statementOfWork(workOfStatement(statement)), STORE, UUID);
  const { store: _, ...rest } = request;
  return rest;
}

describe("CREATE BACKUP", () => {
  const CREATE = "CREATE BACKUP b DATA SINK = s OBJECTS (ALL = shop, FUNCTION = f, DATA SINK = t, TABLE = orders)";

  test("asks for what its options leave out as well", async () => {
    expect(await asked(CREATE)).toEqual({
      backup: "b",
      type: "full",
      ddl: CREATE,
      objects: [
        { type: "ALL", name: "shop" },
        { type: "FUNCTION", name: "f" },
        { type: "DATA SINK", schema: "default", name: "t" },
        { type: "TABLE", schema: "default", name: "orders" },
      ],
      options: { checksum: false, ddlOnly: false },
      recreate: false,
      comment: undefined,
    });
  });

  test("asks for CHECKSUM, DDL_ONLY, MAX_INCREMENTAL_BACKUPS_TO_KEEP, RECREATE and COMMENT", async () => {
    const options =
      "CHECKSUM = true, DDL_ONLY = true, MAX_INCREMENTAL_BACKUPS_TO_KEEP = 3, RECREATE = true, COMMENT = 'it''s ours'";
    expect(await asked(`${CREATE} WITH OPTIONS (${options})`)).toMatchObject({
      options: { checksum: true, ddlOnly: true, maxIncrementalBackupsToKeep: 3 },
      recreate: true,
      comment: "it's ours",
    });
  });

  test("takes a comment of 10,000 characters and no longer", async () => {
    await expect(asked(`${CREATE} WITH OPTIONS (COMMENT = '${"x".repeat(10_001)}')`)).rejects.toMatchObject({
      code: "bad-request",
    });
  });
});

describe("BACKUP", () => {
  test("is incremental, and says of the options only what the statement says", async () => {
    expect(await asked("BACKUP b DATA SINK = s")).toEqual({
      backup: "b",
      type: "incremental",
      options: {},
      comment: undefined,
    });
    expect(
      await asked("BACKUP b DATA SINK = s WITH OPTIONS (CHECKSUM = false, DDL_ONLY = true, COMMENT = 'c')"),
    ).toMatchObject({ options: { checksum: false, ddlOnly: true }, comment: "c" });
  });

  test("with a cap of -1 takes one back that the backup has", async () => {
    const { options } = (await asked("BACKUP b DATA SINK = s WITH OPTIONS (MAX_INCREMENTAL_BACKUPS_TO_KEEP = -1)")) as {
      options: object;
    };
    expect(options).toStrictEqual({ maxIncrementalBackupsToKeep: undefined });
  });

  test("is differential where it says so, with DELETE_INTERMEDIATE_BACKUPS", async () => {
    const sql = "BACKUP b TYPE = 'differential' DATA SINK = s";
    expect(await asked(sql)).toMatchObject({ type: "differential", deleteIntermediate: false });
    expect(await asked(`${sql} WITH OPTIONS (DELETE_INTERMEDIATE_BACKUPS = true, CHECKSUM = true)`)).toMatchObject({
      deleteIntermediate: true,
      options: { checksum: true },
    });
  });
});

test("ALTER BACKUP merges, purges and sets", async () => {
  const alter = "ALTER BACKUP b DATA SINK = s";
  expect(await asked(`${alter} MERGE WITH OPTIONS (COMMENT = 'm')`)).toEqual({
    backup: "b",
    action: "merge",
    comment: "m",
  });
  expect(await asked(`${alter} PURGE 1654321012345`)).toEqual({
    backup: "b",
    action: "purge",
    snapshotId: 1654321012345,
  });
  expect(await asked(`${alter} SET CHECKSUM = true, MAX_INCREMENTAL_BACKUPS_TO_KEEP = 2`)).toEqual({
    backup: "b",
    action: "set",
    options: { checksum: true, maxIncrementalBackupsToKeep: 2 },
  });
});

describe("RESTORE BACKUP", () => {
  const RESTORE = "RESTORE BACKUP b DATA SOURCE = s OBJECTS (TABLE = shop.orders)";

  test("restores the newest snapshot into schemas that it makes, and gives way to what exists", async () => {
    expect(await asked(RESTORE)).toEqual({
      backup: "b",
      objects: [{ type: "TABLE", schema: "shop", name: "orders" }],
      policy: "none",
      renamedObjectsSchema: `backup_${UUID}`,
      createSchemas: true,
      ddlOnly: false,
      targetSchemas: new Map(),
      snapshotId: undefined,
      checksum: false,
    });
  });

  test("does as its options say", async () => {
    const options = [
      "BACKUP_ID = 1654321012345, CHECKSUM = true, CREATE_SCHEMA_IF_NOT_EXIST = false, DDL_ONLY = true",
      "RESTORE_POLICY = 'rename', RENAMED_OBJECTS_SCHEMA = aside, TARGET_SCHEMA_MAP = 'shop:Shop2, x:y'",
      "RESTORE_SUBSCRIPTIONS = 'resume', REINGEST = false, RESTORE_ALL_PERMISSIONS = false",
    ].join(", ");
    expect(await asked(`${RESTORE} WITH OPTIONS (${options})`)).toMatchObject({
      snapshotId: 1654321012345,
      checksum: true,
      createSchemas: false,
      ddlOnly: true,
      policy: "rename",
      renamedObjectsSchema: "aside",
      targetSchemas: new Map([
        ["shop", "Shop2"],
        ["x", "y"],
      ]),
    });
  });
});

test("DROP BACKUP names one backup without asking the store for others", async () => {
  expect(await asked("DROP BACKUP b DATA SINK = s")).toEqual({ backups: ["b"] });
});

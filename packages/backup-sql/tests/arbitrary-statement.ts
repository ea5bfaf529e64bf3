import fc from "fast-check";
import { type BackupObjects, OBJECT_TYPES } from "../src/ast/backup-object.ts";
import type { BackupSelector } from "../src/ast/backup-selector.ts";
import type { ObjectSelector } from "../src/ast/object-selector.ts";
import type { OwnStatement, Statement } from "../src/ast/statement.ts";
import * as Backup from "../src/options/backup-options.ts";
import * as Connection from "../src/options/connection-options.ts";
import * as Credential from "../src/options/credential-options.ts";
import { arbitraryName, arbitraryOptions, arbitraryText, arbitraryQualifiedName as name } from "./arbitrary-options.ts";

const backup = arbitraryName.filter((candidate) => !candidate.includes("*"));
const orReplace = fc.boolean();

const backups: fc.Arbitrary<BackupSelector> = fc.oneof(
  fc.record({ kind: fc.constant("named" as const), name: backup }),
  fc.record({ kind: fc.constant("prefixed" as const), prefix: backup }),
  fc.constant({ kind: "all" as const }),
);

const objectSelector: fc.Arbitrary<ObjectSelector> = fc.oneof(
  fc.record({ kind: fc.constant("named" as const), name }),
  fc.constant({ kind: "all" as const }),
);

const object = fc.record({ type: fc.constantFrom(...OBJECT_TYPES), name });
const objects: fc.Arbitrary<BackupObjects> = fc
  .tuple(object, fc.array(object, { maxLength: 5 }))
  .map(([first, rest]): BackupObjects => [first, ...rest]);

const constant = <const T extends string>(value: T) => fc.constant(value);

/** An arbitrary for every kind of statement: a kind without one does not compile. */
const BY_KIND: { readonly [K in OwnStatement["kind"]]: fc.Arbitrary<Extract<OwnStatement, { readonly kind: K }>> } = {
  "create-backup": fc.record({
    kind: constant("create-backup"),
    backup,
    sink: name,
    objects,
    options: arbitraryOptions(Backup.CREATE_BACKUP_OPTIONS),
  }),
  "take-snapshot": fc.oneof(
    fc.record({
      kind: constant("take-snapshot"),
      backup,
      sink: name,
      type: constant("incremental"),
      options: arbitraryOptions(Backup.INCREMENTAL_OPTIONS),
    }),
    fc.record({
      kind: constant("take-snapshot"),
      backup,
      sink: name,
      type: constant("differential"),
      options: arbitraryOptions(Backup.DIFFERENTIAL_OPTIONS),
    }),
  ),
  "alter-backup": fc.oneof(
    fc.record({
      kind: constant("alter-backup"),
      backup,
      sink: name,
      action: constant("merge"),
      options: arbitraryOptions(Backup.MERGE_OPTIONS),
    }),
    fc.record({
      kind: constant("alter-backup"),
      backup,
      sink: name,
      action: constant("purge"),
      snapshotId: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      options: arbitraryOptions(Backup.ALTER_BACKUP_OPTIONS),
    }),
    fc.record({
      kind: constant("alter-backup"),
      backup,
      sink: name,
      action: constant("set"),
      settings: arbitraryOptions(Backup.BACKUP_SETTINGS, 1),
      options: arbitraryOptions(Backup.ALTER_BACKUP_OPTIONS),
    }),
  ),
  "restore-backup": fc.record({
    kind: constant("restore-backup"),
    backup,
    source: name,
    objects,
    options: arbitraryOptions(Backup.RESTORE_BACKUP_OPTIONS),
  }),
  "drop-backup": fc.record({
    kind: constant("drop-backup"),
    backups,
    sink: name,
    options: arbitraryOptions(Backup.DROP_BACKUP_OPTIONS),
  }),
  "show-backup": fc.record({ kind: constant("show-backup"), backups, source: name }),
  "describe-backup": fc.record({ kind: constant("describe-backup"), backups, source: name }),
  "verify-backup": fc.record({
    kind: constant("verify-backup"),
    backups,
    source: name,
    options: arbitraryOptions(Backup.VERIFY_BACKUP_OPTIONS),
  }),
  "create-data-sink": fc.record({
    kind: constant("create-data-sink"),
    name,
    orReplace,
    location: arbitraryText,
    options: arbitraryOptions(Connection.DATA_SINK_OPTIONS),
  }),
  "alter-data-sink": fc.record({
    kind: constant("alter-data-sink"),
    name,
    properties: arbitraryOptions(Connection.DATA_SINK_PROPERTIES, 1),
  }),
  "drop-data-sink": fc.record({ kind: constant("drop-data-sink"), name }),
  "show-data-sink": fc.record({ kind: constant("show-data-sink"), sinks: objectSelector }),
  "describe-data-sink": fc.record({ kind: constant("describe-data-sink"), sinks: objectSelector }),
  "create-data-source": fc.record(
    {
      kind: constant("create-data-source"),
      name,
      orReplace,
      location: arbitraryText,
      user: arbitraryText,
      password: arbitraryText,
      options: arbitraryOptions(Connection.DATA_SOURCE_OPTIONS),
    },
    { requiredKeys: ["kind", "name", "orReplace", "location", "options"] },
  ),
  "alter-data-source": fc.record({
    kind: constant("alter-data-source"),
    name,
    properties: arbitraryOptions(Connection.DATA_SOURCE_PROPERTIES, 1),
  }),
  "drop-data-source": fc.record({ kind: constant("drop-data-source"), name }),
  "show-data-source": fc.record({ kind: constant("show-data-source"), sources: objectSelector }),
  "describe-data-source": fc.record({ kind: constant("describe-data-source"), sources: objectSelector }),
  "create-credential": fc.record(
    {
      kind: constant("create-credential"),
      name,
      orReplace,
      type: fc.constantFrom(...Credential.CREDENTIAL_TYPES),
      identity: arbitraryText,
      secret: arbitraryText,
      options: arbitraryOptions(Credential.CREDENTIAL_OPTIONS),
    },
    { requiredKeys: ["kind", "name", "orReplace", "type", "options"] },
  ),
  "alter-credential": fc.record({
    kind: constant("alter-credential"),
    name,
    properties: arbitraryOptions(Credential.CREDENTIAL_PROPERTIES, 1),
  }),
  "drop-credential": fc.record({ kind: constant("drop-credential"), credentials: objectSelector }),
  "show-credential": fc.record({ kind: constant("show-credential"), credentials: objectSelector }),
  "describe-credential": fc.record({ kind: constant("describe-credential"), credentials: objectSelector }),
  "create-schema": fc.record({ kind: constant("create-schema"), schema: arbitraryName, ifNotExists: fc.boolean() }),
  "drop-schema": fc.record({
    kind: constant("drop-schema"),
    schema: arbitraryName,
    ifExists: fc.boolean(),
    cascade: fc.boolean(),
  }),
};

export const ownStatementsByKind: readonly (readonly [kind: string, statement: fc.Arbitrary<OwnStatement>])[] =
  Object.entries(BY_KIND);

export const arbitraryOwnStatement: fc.Arbitrary<OwnStatement> = fc.oneof(...Object.values(BY_KIND));

/** Statements for the engine that end where another may follow. */
export const arbitraryForeignStatement: fc.Arbitrary<Statement> = fc
  .constantFrom(
    "SELECT ';' AS `a;b`, \"c;d\" FROM backup /* ; */ WHERE x = 'it\\'s;'",
    "INSERT INTO sink VALUES (1, 'a;b'), (2, '')",
    "INSERT INTO t SELECT 1 FORMAT Null",
    "SELECT $sql$ it's; $sql$, ‘a;b’",
    "BACKUP TABLE orders TO Disk('backups', 'orders')",
    "RESTORE ALL FROM File('x')",
    "CREATE TABLE data (type String) -- no; end\nENGINE = Memory",
    "CREATE PROCEDURE p BEGIN BACKUP b DATA SINK = s; SELECT CASE 1 WHEN 1 THEN 2 END; END EXECUTE FOR EVERY 1 DAY",
    "DESCRIBE backup",
  )
  .map((text) => ({ kind: "foreign", text }));

export const arbitraryStatement: fc.Arbitrary<Statement> = fc.oneof(
  { weight: 9, arbitrary: arbitraryOwnStatement },
  { weight: 1, arbitrary: arbitraryForeignStatement },
);

import { describe, expect, test } from "vitest";
import { oneStatement } from "../tests/one-statement.ts";
import { printStatement } from "./print-statement.ts";

/** The runnable examples of the vendor's pages, as they stand there, and the one line that each of them is printed as. */
const examples: readonly (readonly [written: string, printed: string])[] = [
  [
    "CREATE BACKUP schema_backup\nDATA SINK = backup_ds\nOBJECTS (ALL = example_backup)",
    "CREATE BACKUP schema_backup DATA SINK = backup_ds OBJECTS (ALL = example_backup)",
  ],
  ["BACKUP schema_backup\nDATA SINK = backup_ds", "BACKUP schema_backup DATA SINK = backup_ds"],
  [
    "BACKUP schema_backup\nTYPE = 'differential'\nDATA SINK = backup_ds",
    "BACKUP schema_backup TYPE = 'differential' DATA SINK = backup_ds",
  ],
  [
    "ALTER BACKUP schema_backup\nDATA SINK = backup_ds\nMERGE\nWITH OPTIONS (COMMENT = 'Merged last 30 days of backups')",
    "ALTER BACKUP schema_backup DATA SINK = backup_ds MERGE WITH OPTIONS (COMMENT = 'Merged last 30 days of backups')",
  ],
  [
    "ALTER BACKUP schema_backup\nDATA SINK = backup_ds\nPURGE 1654321012345",
    "ALTER BACKUP schema_backup DATA SINK = backup_ds PURGE 1654321012345",
  ],
  [
    "ALTER BACKUP schema_backup\nDATA SINK = backup_ds\nSET MAX_INCREMENTAL_BACKUPS_TO_KEEP = 5",
    "ALTER BACKUP schema_backup DATA SINK = backup_ds SET MAX_INCREMENTAL_BACKUPS_TO_KEEP = 5",
  ],
  [
    "RESTORE BACKUP schema_backup\nDATA SOURCE = restore_ds\nOBJECTS (ALL = example_backup)",
    "RESTORE BACKUP schema_backup DATA SOURCE = restore_ds OBJECTS (ALL = example_backup)",
  ],
  [
    `RESTORE BACKUP schema_backup
DATA SOURCE = restore_ds
OBJECTS (TABLE = example_backup.employee, example_backup.product)
WITH OPTIONS
(
\tRESTORE_POLICY = 'rename',
\tRENAMED_OBJECTS_SCHEMA = 'example_backup_restore'
)`,
    "RESTORE BACKUP schema_backup DATA SOURCE = restore_ds OBJECTS (TABLE = example_backup.employee, TABLE = example_backup.product) WITH OPTIONS (RESTORE_POLICY = 'rename', RENAMED_OBJECTS_SCHEMA = 'example_backup_restore')",
  ],
  ["DROP BACKUP schema_backup\nDATA SINK = backup_ds", "DROP BACKUP schema_backup DATA SINK = backup_ds"],
  [
    'DROP BACKUP "conf*"\nDATA SINK = backup_ds\nWITH OPTIONS (DELETE_ALL_BACKUPS = true)',
    'DROP BACKUP "conf*" DATA SINK = backup_ds WITH OPTIONS (DELETE_ALL_BACKUPS = true)',
  ],
  [
    "DROP BACKUP *\nDATA SINK = backup_ds\nWITH OPTIONS (DELETE_ALL_BACKUPS = true)",
    "DROP BACKUP * DATA SINK = backup_ds WITH OPTIONS (DELETE_ALL_BACKUPS = true)",
  ],
  ["SHOW BACKUP schema_backup\nDATA SOURCE = restore_ds", "SHOW BACKUP schema_backup DATA SOURCE = restore_ds"],
  ['SHOW BACKUP "conf*"\nDATA SOURCE = restore_ds', 'SHOW BACKUP "conf*" DATA SOURCE = restore_ds'],
  ["SHOW BACKUP *\nDATA SOURCE = restore_ds", "SHOW BACKUP * DATA SOURCE = restore_ds"],
  ["DESCRIBE BACKUP schema_backup\nDATA SOURCE = restore_ds", "DESCRIBE BACKUP schema_backup DATA SOURCE = restore_ds"],
  ['DESCRIBE BACKUP "conf*"\nDATA SOURCE = restore_ds', 'DESCRIBE BACKUP "conf*" DATA SOURCE = restore_ds'],
  ["DESC BACKUP *\nDATA SOURCE = restore_ds", "DESCRIBE BACKUP * DATA SOURCE = restore_ds"],
  // The other page of the vendor writes TYPE behind DATA SINK, quotes names, and repeats the type of each object.
  [
    `CREATE BACKUP "nightly_backup"\n  DATA SINK = "gcs_backup"\n  TYPE = 'full'\n  OBJECTS (ALL = "sales")   -- entire schema\n  WITH OPTIONS (CHECKSUM = true)`,
    "CREATE BACKUP nightly_backup DATA SINK = gcs_backup OBJECTS (ALL = sales) WITH OPTIONS (CHECKSUM = true)",
  ],
  [
    `CREATE BACKUP "tables_backup" DATA SINK = "gcs_backup" TYPE = 'full' OBJECTS (TABLE = "sales"."orders", TABLE = "sales"."customers")`,
    "CREATE BACKUP tables_backup DATA SINK = gcs_backup OBJECTS (TABLE = sales.orders, TABLE = sales.customers)",
  ],
  [
    `RESTORE BACKUP "nightly_backup" DATA SOURCE "gcs_source" OBJECTS (ALL = "sales")`,
    "RESTORE BACKUP nightly_backup DATA SOURCE = gcs_source OBJECTS (ALL = sales)",
  ],
  [
    "BACKUP orders_bk TYPE = 'differential' DATA SINK = ops.s3_sink WITH OPTIONS (DELETE_INTERMEDIATE_BACKUPS = true)",
    "BACKUP orders_bk TYPE = 'differential' DATA SINK = ops.s3_sink WITH OPTIONS (DELETE_INTERMEDIATE_BACKUPS = true)",
  ],
  [
    "CREATE DATA SINK kin_dsink\nLOCATION = 'kafka://kafka.abc.com:9092'\nWITH OPTIONS\n(\n    CREDENTIAL = 'kafka_credential',\n    KAFKA_TOPIC_NAME = 'kafka_topic'\n)",
    "CREATE DATA SINK kin_dsink LOCATION = 'kafka://kafka.abc.com:9092' WITH OPTIONS (CREDENTIAL = 'kafka_credential', KAFKA_TOPIC_NAME = 'kafka_topic')",
  ],
  [
    "CREATE OR REPLACE DATA SINK s3_dsink\nLOCATION = 'S3'\nWITH OPTIONS\n(\n    USE_MANAGED_CREDENTIALS = true,\n    BUCKET NAME = 'samplebucket',\n    REGION = 'us-east-1'\n)",
    "CREATE OR REPLACE DATA SINK s3_dsink LOCATION = 'S3' WITH OPTIONS (USE_MANAGED_CREDENTIALS = true, BUCKET NAME = 'samplebucket', REGION = 'us-east-1')",
  ],
  [
    "CREATE DATA SINK http_dsink\nLOCATION = 'http://example.com/webhook'",
    "CREATE DATA SINK http_dsink LOCATION = 'http://example.com/webhook'",
  ],
  [
    "ALTER DATA SINK kin_dsink\nSET PROPERTY\n    CONNECTION TIMEOUT = '10',\n    WAIT TIMEOUT = '10'",
    "ALTER DATA SINK kin_dsink SET PROPERTY WAIT TIMEOUT = 10, CONNECTION TIMEOUT = 10",
  ],
  ["DROP DATA SINK kin_dsink", "DROP DATA SINK kin_dsink"],
  ["SHOW DATA SINK *", "SHOW DATA SINK *"],
  ["DESC EXTERNAL DATA SINK example.kin_dsink", "DESCRIBE DATA SINK example.kin_dsink"],
  [
    "CREATE EXTERNAL DATA SOURCE kin_ds\nLOCATION = 'S3'\nUSER = '<aws access id>'\nPASSWORD = '<aws access key>'\nWITH OPTIONS\n(\n    BUCKET NAME = 'kinetica-ds',\n    REGION = 'us-east-1'\n)",
    "CREATE DATA SOURCE kin_ds LOCATION = 'S3' USER = '<aws access id>' PASSWORD = '<aws access key>' WITH OPTIONS (BUCKET NAME = 'kinetica-ds', REGION = 'us-east-1')",
  ],
  [
    "ALTER DATA SOURCE kin_ds\nSET PROPERTY\n    USER = '<new aws access id>',\n    PASSWORD = '<new aws access key>'",
    "ALTER DATA SOURCE kin_ds SET PROPERTY USER = '<new aws access id>', PASSWORD = '<new aws access key>'",
  ],
  ["DROP EXTERNAL DATA SOURCE kin_ds", "DROP DATA SOURCE kin_ds"],
  ["SHOW DATA SOURCE kin_ds", "SHOW DATA SOURCE kin_ds"],
  ["DESCRIBE DATA SOURCE *", "DESCRIBE DATA SOURCE *"],
  [
    "CREATE CREDENTIAL auser_azure_active_dir_creds\nTYPE = 'azure_ad',\nIDENTITY = 'atypicaluser',\nSECRET = 'Passw0rd!'",
    "CREATE CREDENTIAL auser_azure_active_dir_creds TYPE = 'azure_ad', IDENTITY = 'atypicaluser', SECRET = 'Passw0rd!'",
  ],
  [
    "CREATE CREDENTIAL kafka_cred\nTYPE = 'kafka'\nWITH OPTIONS\n(\n    'security.protocol' = 'SSL',\n    'ssl.ca.location' = 'kifs://ssl/ca-bundle.crt',\n    'ssl.key.password' = 'Passw0rd!'\n)",
    "CREATE CREDENTIAL kafka_cred TYPE = 'kafka' WITH OPTIONS ('security.protocol' = 'SSL', 'ssl.ca.location' = 'kifs://ssl/ca-bundle.crt', 'ssl.key.password' = 'Passw0rd!')",
  ],
  [
    "CREATE CREDENTIAL gcs_cred\nTYPE = 'gcs_service_account_keys',\nWITH OPTIONS (GCS_SERVICE_ACCOUNT_KEYS = '{ \"type\": \"service_account\" }')",
    "CREATE CREDENTIAL gcs_cred TYPE = 'gcs_service_account_keys' WITH OPTIONS (GCS_SERVICE_ACCOUNT_KEYS = '{ \"type\": \"service_account\" }')",
  ],
  [
    "CREATE CREDENTIAL azure_cred TYPE = 'azure_ad', IDENTITY = 'jdoe', SECRET = 'foobaz123'\nWITH OPTIONS (STORAGE ACCOUNT NAME = 'sampleacc', azure_tenant_id = 'x0')",
    "CREATE CREDENTIAL azure_cred TYPE = 'azure_ad', IDENTITY = 'jdoe', SECRET = 'foobaz123' WITH OPTIONS (STORAGE ACCOUNT NAME = 'sampleacc', TENANT ID = 'x0')",
  ],
  [
    "ALTER CREDENTIAL kafka_cred\nSET PROPERTY\n    'ssl.key.password' = 'Passw0rd!?'",
    "ALTER CREDENTIAL kafka_cred SET PROPERTY 'ssl.key.password' = 'Passw0rd!?'",
  ],
  [
    `ALTER CREDENTIAL "schema"."aws_creds" SET SECRET = 'new_secret'`,
    `ALTER CREDENTIAL "schema".aws_creds SET PROPERTY SECRET = 'new_secret'`,
  ],
  ["DROP CREDENTIAL kafka_cred", "DROP CREDENTIAL kafka_cred"],
  ["SHOW CREDENTIAL *", "SHOW CREDENTIAL *"],
  ["DESC CREDENTIAL kafka_cred", "DESCRIBE CREDENTIAL kafka_cred"],
  ['CREATE SCHEMA IF NOT EXISTS "my_schema"', "CREATE SCHEMA IF NOT EXISTS my_schema"],
  ["CREATE SCHEMA example_container", "CREATE SCHEMA example_container"],
  ["DROP SCHEMA example_container CASCADE", "DROP SCHEMA example_container CASCADE"],
  ['DROP SCHEMA IF EXISTS "my_schema" CASCADE', "DROP SCHEMA IF EXISTS my_schema CASCADE"],
  // Ours.
  ["VERIFY BACKUP * DATA SOURCE restore_ds", "VERIFY BACKUP * DATA SOURCE = restore_ds"],
  [
    "VERIFY BACKUP schema_backup DATA SOURCE = restore_ds WITH OPTIONS (BACKUP_ID = '1654321012345')",
    "VERIFY BACKUP schema_backup DATA SOURCE = restore_ds WITH OPTIONS (BACKUP_ID = 1654321012345)",
  ],
  [
    "CREATE DATA SINK local_sink LOCATION = 'FILE:///backups' WITH OPTIONS (VALIDATE = FALSE)",
    "CREATE DATA SINK local_sink LOCATION = 'FILE:///backups' WITH OPTIONS (VALIDATE = false)",
  ],
];

describe("the examples of the vendor's pages", () => {
  test.each(examples)("are understood: %s", (written, printed) => {
    const statement = oneStatement(written);
    expect(statement.kind).not.toBe("foreign");
    expect(printStatement(statement)).toBe(printed);
    expect(oneStatement(printed)).toEqual(statement);
    expect(oneStatement(`${printed};`)).toEqual(statement);
  });

  test.each(examples)("do not depend on the case of keywords: %s", (written) => {
    const lower = written.replaceAll(/'[^']*'|"[^"]*"|[A-Z_]+/g, (part) =>
      /^['"]/.test(part) ? part : part.toLowerCase(),
    );
    expect(oneStatement(lower)).toEqual(oneStatement(written));
  });
});

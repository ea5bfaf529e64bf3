import { describe, expect, test } from "vitest";
import { errorsOf, oneStatement } from "../../tests/one-statement.ts";
import * as Backup from "./backup-options.ts";
import * as Connection from "./connection-options.ts";
import { CREDENTIAL_PROPERTIES } from "./credential-options.ts";
import type { OptionTable } from "./option-table.ts";

/** As written, the name in the tree, and the value there. */
type Row = readonly [written: string, key: string, value: unknown];

const CREATE: readonly Row[] = [
  ["CHECKSUM = true", "checksum", true],
  ["COMMENT = 'it''s'", "comment", "it's"],
  ["ddl_only = 'FALSE'", "ddlOnly", false],
  ["DRY_RUN = True", "dryRun", true],
  ["MAX_INCREMENTAL_BACKUPS_TO_KEEP = 5", "maxIncrementalBackupsToKeep", 5],
  ["RECREATE = 'true'", "recreate", true],
  ["block_table_mutations = true", "blockTableMutations", true],
];

const INCREMENTAL: readonly Row[] = [
  ["CHECKSUM = false", "checksum", false],
  ["COMMENT = weekly", "comment", "weekly"],
  ["DDL_ONLY = true", "ddlOnly", true],
  ["DRY_RUN = true", "dryRun", true],
  ["MAX_INCREMENTAL_BACKUPS_TO_KEEP = -1", "maxIncrementalBackupsToKeep", -1],
  ["BLOCK_TABLE_MUTATIONS = false", "blockTableMutations", false],
];

const DIFFERENTIAL: readonly Row[] = [
  ["CHECKSUM = true", "checksum", true],
  ["COMMENT = 5", "comment", "5"],
  ["DDL_ONLY = true", "ddlOnly", true],
  ["DELETE_INTERMEDIATE_BACKUPS = true", "deleteIntermediateBackups", true],
  ["DRY_RUN = true", "dryRun", true],
  ["BLOCK_TABLE_MUTATIONS = true", "blockTableMutations", true],
];

const RESTORE: readonly Row[] = [
  ["BACKUP_ID = 1654321012345", "backupId", 1_654_321_012_345],
  ["BACKUP_ID = '1654321012345'", "backupId", 1_654_321_012_345],
  ["CHECKSUM = true", "checksum", true],
  ["CREATE_SCHEMA_IF_NOT_EXIST = false", "createSchemaIfNotExist", false],
  ["DDL_ONLY = true", "ddlOnly", true],
  ["DRY_RUN = true", "dryRun", true],
  ["RESTORE_POLICY = none", "restorePolicy", "none"],
  ["RESTORE_POLICY = 'RENAME'", "restorePolicy", "rename"],
  ["RESTORE_POLICY = 'replace'", "restorePolicy", "replace"],
  ["RENAMED_OBJECTS_SCHEMA = 'old things'", "renamedObjectsSchema", "old things"],
  ['RENAMED_OBJECTS_SCHEMA = "old things"', "renamedObjectsSchema", "old things"],
  ["RENAMED_OBJECTS_SCHEMA = old", "renamedObjectsSchema", "old"],
  ["restore_subscriptions = 'pause'", "restoreSubscriptions", "pause"],
  ["RESTORE_SUBSCRIPTIONS = resume", "restoreSubscriptions", "resume"],
  ["RESTORE_SUBSCRIPTIONS = cancel", "restoreSubscriptions", "cancel"],
  ["reingest = true", "reingest", true],
  ["restore_all_permissions = true", "restoreAllPermissions", true],
  [
    "target_schema_map = 'a:b, C:d'",
    "targetSchemaMap",
    [
      { from: "a", to: "b" },
      { from: "C", to: "d" },
    ],
  ],
];

const DROP: readonly Row[] = [
  ["DELETE_ALL_BACKUPS = true", "deleteAllBackups", true],
  ["DRY_RUN = true", "dryRun", true],
  ["NO_ERROR_IF_NOT_EXISTS = true", "noErrorIfNotExists", true],
];

const STORE: readonly Row[] = [
  ["LOCATION = 'S3://host:9000'", "location", "S3://host:9000"],
  ["CREDENTIAL = 'ops.s3_cred'", "credential", { schema: "ops", name: "s3_cred" }],
  ["CREDENTIAL = s3_cred", "credential", { name: "s3_cred" }],
  ['CREDENTIAL = "a.b".c', "credential", { schema: "a.b", name: "c" }],
  ["VALIDATE = FALSE", "validate", false],
  ["WAIT TIMEOUT = '10'", "waitTimeoutSeconds", 10],
  ["CONNECTION_TIMEOUT = 0", "connectionTimeoutSeconds", 0],
  ["USE_MANAGED_CREDENTIALS = true", "useManagedCredentials", true],
  ["USE_HTTPS = false", "useHttps", false],
  ["BUCKET NAME = 'b'", "bucketName", "b"],
  ["BUCKET_NAME = b", "bucketName", "b"],
  ["REGION = 'us-east-1'", "region", "us-east-1"],
  ["S3_AWS_ROLE_ARN = 'arn:aws:iam::1:role/x'", "s3AwsRoleArn", "arn:aws:iam::1:role/x"],
  ["S3_ENCRYPTION_CUSTOMER_ALGORITHM = 'AES256'", "s3EncryptionCustomerAlgorithm", "AES256"],
  ["S3_ENCRYPTION_CUSTOMER_KEY = 'k'", "s3EncryptionCustomerKey", "k"],
  ["S3_USE_VIRTUAL_ADDRESSING = false", "s3UseVirtualAddressing", false],
  ["S3 VERIFY SSL = false", "s3VerifySsl", false],
  ["CONTAINER NAME = 'c'", "containerName", "c"],
  ["STORAGE ACCOUNT NAME = 'a'", "storageAccountName", "a"],
  ["TENANT ID = 't'", "tenantId", "t"],
  ["SAS TOKEN = 's'", "sasToken", "s"],
  ["GCS_BUCKET_NAME = 'g'", "gcsBucketName", "g"],
  ["GCS_PROJECT_ID = 'p'", "gcsProjectId", "p"],
  ["GCS_SERVICE_ACCOUNT_KEYS = '{}'", "gcsServiceAccountKeys", "{}"],
  ["DELEGATION TOKEN = 'd'", "delegationToken", "d"],
  ["KERBEROS KEYTAB = 'kifs://k'", "kerberosKeytab", "kifs://k"],
  ["USE KERBEROS = 'true'", "useKerberos", true],
  ["KAFKA_TOPIC_NAME = 't'", "kafkaTopicName", "t"],
  ["JDBC_DRIVER_CLASS_NAME = 'org.postgresql.Driver'", "jdbcDriverClassName", "org.postgresql.Driver"],
  ["JDBC_DRIVER_JAR_PATH = 'kifs://d.jar'", "jdbcDriverJarPath", "kifs://d.jar"],
];

const SINK: readonly Row[] = [
  ...STORE,
  ["S3_ENCRYPTION_TYPE = 'aws:kms'", "s3EncryptionType", "aws:kms"],
  ["S3_KMS_KEY_ID = 'k'", "s3KmsKeyId", "k"],
  ["JSON_FORMAT = nested", "jsonFormat", "nested"],
  ["MAX_BATCH_SIZE = 100", "maxBatchSize", 100],
  ["MAX_MESSAGE_SIZE = 1000000", "maxMessageSizeBytes", 1_000_000],
];

const SOURCE: readonly Row[] = [
  ...STORE,
  ["USER = 'u'", "user", "u"],
  ["PASSWORD = 'p'", "password", "p"],
  ["SCHEMA_REGISTRY_CREDENTIAL = 's.c'", "schemaRegistryCredential", { schema: "s", name: "c" }],
  ["SCHEMA_REGISTRY_LOCATION = 'h'", "schemaRegistryLocation", "h"],
  ["SCHEMA_REGISTRY_PORT = 8081", "schemaRegistryPort", 8081],
];

const CREDENTIAL: readonly Row[] = [
  ["TYPE = 'AWS_ACCESS_KEY'", "type", "aws_access_key"],
  ["IDENTITY = 'i'", "identity", "i"],
  ["SECRET = 's'", "secret", "s"],
  ["s3_aws_role_arn = 'a'", "s3AwsRoleArn", "a"],
  ["STORAGE ACCOUNT NAME = 'a'", "azureStorageAccountName", "a"],
  ["azure_storage_account_name = 'a'", "azureStorageAccountName", "a"],
  ["TENANT ID = 't'", "azureTenantId", "t"],
  ["azure_tenant_id = 't'", "azureTenantId", "t"],
  ["gcs_service_account_keys = '{}'", "gcsServiceAccountKeys", "{}"],
  ["KERBEROS KEYTAB = 'k'", "hdfsKerberosKeytab", "k"],
  ["hdfs_kerberos_keytab = 'k'", "hdfsKerberosKeytab", "k"],
  ["hdfs_use_kerberos = true", "hdfsUseKerberos", true],
  ["USE KERBEROS = 'true'", "hdfsUseKerberos", true],
  ["'sasl.kerberos.keytab' = 'k'", "saslKerberosKeytab", "k"],
  ["sasl.kerberos.principal = 'p'", "saslKerberosPrincipal", "p"],
  ["\"sasl.kerberos.service.name\" = 'n'", "saslKerberosServiceName", "n"],
  ["'sasl.mechanism' = 'gssapi'", "saslMechanism", "GSSAPI"],
  ["'sasl.password' = 'p'", "saslPassword", "p"],
  ["'sasl.username' = 'u'", "saslUsername", "u"],
  ["'security.protocol' = 'SASL_SSL'", "securityProtocol", "SASL_SSL"],
  ["'ssl.ca.location' = 'l'", "sslCaLocation", "l"],
  ["'ssl.certificate.location' = 'l'", "sslCertificateLocation", "l"],
  ["'ssl.key.location' = 'l'", "sslKeyLocation", "l"],
  ["'ssl.key.password' = 'p'", "sslKeyPassword", "p"],
];

const statements: readonly (readonly [
  name: string,
  statement: string,
  field: string,
  rows: readonly Row[],
  table: OptionTable,
])[] = [
  [
    "CREATE BACKUP",
    "CREATE BACKUP b DATA SINK s OBJECTS (ALL = x) WITH OPTIONS (?)",
    "options",
    CREATE,
    Backup.CREATE_BACKUP_OPTIONS,
  ],
  ["BACKUP", "BACKUP b DATA SINK s WITH OPTIONS (?)", "options", INCREMENTAL, Backup.INCREMENTAL_OPTIONS],
  [
    "BACKUP, differential",
    "BACKUP b TYPE = differential DATA SINK s WITH OPTIONS (?)",
    "options",
    DIFFERENTIAL,
    Backup.DIFFERENTIAL_OPTIONS,
  ],
  [
    "ALTER BACKUP with MERGE",
    "ALTER BACKUP b DATA SINK s MERGE WITH OPTIONS (?)",
    "options",
    [
      ["COMMENT = 'c'", "comment", "c"],
      ["DRY_RUN = true", "dryRun", true],
    ],
    Backup.MERGE_OPTIONS,
  ],
  [
    "ALTER BACKUP with PURGE",
    "ALTER BACKUP b DATA SINK s PURGE 5 WITH OPTIONS (?)",
    "options",
    [["DRY_RUN = true", "dryRun", true]],
    Backup.ALTER_BACKUP_OPTIONS,
  ],
  [
    "ALTER BACKUP with SET",
    "ALTER BACKUP b DATA SINK s SET ? ",
    "settings",
    [
      ["CHECKSUM = true", "checksum", true],
      ["DDL_ONLY = true", "ddlOnly", true],
      ["MAX_INCREMENTAL_BACKUPS_TO_KEEP = '3'", "maxIncrementalBackupsToKeep", 3],
    ],
    Backup.BACKUP_SETTINGS,
  ],
  [
    "RESTORE BACKUP",
    "RESTORE BACKUP b DATA SOURCE s OBJECTS (ALL = x) WITH OPTIONS (?)",
    "options",
    RESTORE,
    Backup.RESTORE_BACKUP_OPTIONS,
  ],
  ["DROP BACKUP", "DROP BACKUP * DATA SINK s WITH OPTIONS (?)", "options", DROP, Backup.DROP_BACKUP_OPTIONS],
  [
    "VERIFY BACKUP",
    "VERIFY BACKUP b DATA SOURCE s WITH OPTIONS (?)",
    "options",
    [["BACKUP_ID = 5", "backupId", 5]],
    Backup.VERIFY_BACKUP_OPTIONS,
  ],
  [
    "CREATE DATA SINK",
    "CREATE DATA SINK s LOCATION = 'S3' WITH OPTIONS (?)",
    "options",
    SINK.slice(1),
    Connection.DATA_SINK_OPTIONS,
  ],
  ["ALTER DATA SINK", "ALTER DATA SINK s SET PROPERTY ?", "properties", SINK, Connection.DATA_SINK_PROPERTIES],
  [
    "CREATE DATA SOURCE",
    "CREATE DATA SOURCE s LOCATION = 'S3' WITH OPTIONS (?)",
    "options",
    SOURCE.filter(([, key]) => !["location", "user", "password"].includes(key)),
    Connection.DATA_SOURCE_OPTIONS,
  ],
  ["ALTER DATA SOURCE", "ALTER DATA SOURCE s SET PROPERTY ?", "properties", SOURCE, Connection.DATA_SOURCE_PROPERTIES],
  [
    "CREATE CREDENTIAL",
    "CREATE CREDENTIAL c TYPE = 'kafka' WITH OPTIONS (?)",
    "options",
    CREDENTIAL.slice(3),
    CREDENTIAL_PROPERTIES,
  ],
  ["ALTER CREDENTIAL", "ALTER CREDENTIAL c SET PROPERTY ?", "properties", CREDENTIAL, CREDENTIAL_PROPERTIES],
];

describe.each(statements)("the options of %s", (name, statement, field, rows, table) => {
  test.each(rows)("%s", (written, key, value) => {
    expect(oneStatement(statement.replace("?", written))).toMatchObject({ [field]: { [key]: value } });
  });

  test("are all named here", () => {
    const named = new Set(rows.map(([, key]) => key));
    const missing = Object.keys(table).filter((key) => !named.has(key));
    expect(missing).toEqual(name === "CREATE CREDENTIAL" ? ["type", "identity", "secret"] : []);
  });

  test("are each given once", () => {
    const [written] = rows[0] ?? [""];
    expect(errorsOf(statement.replace("?", `${written}, ${written}`))).toMatchObject([
      { code: "option", message: expect.stringContaining("is given twice") },
    ]);
  });
});

describe("a value of the wrong type", () => {
  test.each([
    ["CHECKSUM = 1", "CHECKSUM takes TRUE or FALSE, not 1"],
    ["CHECKSUM = 'yes'", "CHECKSUM takes TRUE or FALSE, not 'yes'"],
    ["CHECKSUM = a.b", "CHECKSUM takes TRUE or FALSE, not a.b"],
    ["BACKUP_ID = 'newest'", "BACKUP_ID takes a snapshot id, a number of milliseconds, not 'newest'"],
    ["BACKUP_ID = 0", "BACKUP_ID takes a snapshot id, a number of milliseconds, not 0"],
    ["BACKUP_ID = 1.5", "BACKUP_ID takes a snapshot id, a number of milliseconds, not 1.5"],
    ["BACKUP_ID = 9007199254740993", "BACKUP_ID takes a snapshot id, a number of milliseconds, not 9007199254740993"],
    ["RESTORE_POLICY = 'overwrite'", "RESTORE_POLICY takes 'none', 'rename' or 'replace', not 'overwrite'"],
    ["RENAMED_OBJECTS_SCHEMA = ''", "RENAMED_OBJECTS_SCHEMA takes the name of a schema, not ''"],
    ["RENAMED_OBJECTS_SCHEMA = a.b", "RENAMED_OBJECTS_SCHEMA takes the name of a schema, not a.b"],
    ["TARGET_SCHEMA_MAP = 'a'", "TARGET_SCHEMA_MAP takes pairs of schemas, as in 'from:to,from:to', not 'a'"],
    ["TARGET_SCHEMA_MAP = 'a:b,'", "TARGET_SCHEMA_MAP takes pairs of schemas, as in 'from:to,from:to', not 'a:b,'"],
  ])("is refused: %s", (written, message) => {
    const text = `RESTORE BACKUP b DATA SOURCE s OBJECTS (ALL = x) WITH OPTIONS (${written})`;
    expect(errorsOf(text)).toMatchObject([{ code: "value", message }]);
  });

  test.each([
    [
      "MAX_INCREMENTAL_BACKUPS_TO_KEEP = -2",
      "MAX_INCREMENTAL_BACKUPS_TO_KEEP takes a whole number of -1 or more, not -2",
    ],
    ['COMMENT = "a"', 'COMMENT takes text in single quotes, not "a"'],
  ])("is refused: %s", (written, message) => {
    expect(errorsOf(`BACKUP b DATA SINK s WITH OPTIONS (${written})`)).toMatchObject([{ code: "value", message }]);
  });

  test.each(["'a.b.c'", "''", "'.a'", "5"])("is refused: CREDENTIAL = %s", (written) => {
    const text = `CREATE DATA SINK s LOCATION = 'S3' WITH OPTIONS (CREDENTIAL = ${written})`;
    expect(errorsOf(text)).toMatchObject([
      { code: "value", expected: ["a name", "a schema and a name with a dot between them"] },
    ]);
  });
});

import type { OptionTable } from "./option-table.ts";

/*
 * Options of data sinks and sources, as the vendor's pages list them. Which of them a provider uses is judged by whoever
 * opens the connection.
 */

const ANY_PROVIDER = {
  credential: { sql: "CREDENTIAL", type: "qualified name" },
  validate: { sql: "VALIDATE", type: "boolean" },
  waitTimeoutSeconds: { sql: "WAIT TIMEOUT", type: "integer", min: 0 },
  connectionTimeoutSeconds: { sql: "CONNECTION TIMEOUT", type: "integer", min: 0 },
  useManagedCredentials: { sql: "USE_MANAGED_CREDENTIALS", type: "boolean" },
  useHttps: { sql: "USE_HTTPS", type: "boolean" },
} as const satisfies OptionTable;

const S3 = {
  bucketName: { sql: "BUCKET NAME", type: "text" },
  region: { sql: "REGION", type: "text" },
  s3AwsRoleArn: { sql: "S3_AWS_ROLE_ARN", type: "text" },
  s3EncryptionCustomerAlgorithm: { sql: "S3_ENCRYPTION_CUSTOMER_ALGORITHM", type: "text" },
  s3EncryptionCustomerKey: { sql: "S3_ENCRYPTION_CUSTOMER_KEY", type: "text", secret: true },
  s3UseVirtualAddressing: { sql: "S3_USE_VIRTUAL_ADDRESSING", type: "boolean" },
  s3VerifySsl: { sql: "S3_VERIFY_SSL", type: "boolean" },
} as const satisfies OptionTable;

const AZURE = {
  containerName: { sql: "CONTAINER NAME", type: "text" },
  storageAccountName: { sql: "STORAGE ACCOUNT NAME", type: "text" },
  tenantId: { sql: "TENANT ID", type: "text" },
  sasToken: { sql: "SAS TOKEN", type: "text", secret: true },
} as const satisfies OptionTable;

const GCS = {
  gcsBucketName: { sql: "GCS_BUCKET_NAME", type: "text" },
  gcsProjectId: { sql: "GCS_PROJECT_ID", type: "text" },
  gcsServiceAccountKeys: { sql: "GCS_SERVICE_ACCOUNT_KEYS", type: "text", secret: true },
} as const satisfies OptionTable;

const HDFS = {
  delegationToken: { sql: "DELEGATION TOKEN", type: "text", secret: true },
  kerberosKeytab: { sql: "KERBEROS KEYTAB", type: "text" },
  useKerberos: { sql: "USE KERBEROS", type: "boolean" },
} as const satisfies OptionTable;

const STREAMS_AND_DRIVERS = {
  kafkaTopicName: { sql: "KAFKA_TOPIC_NAME", type: "text" },
  jdbcDriverClassName: { sql: "JDBC_DRIVER_CLASS_NAME", type: "text" },
  jdbcDriverJarPath: { sql: "JDBC_DRIVER_JAR_PATH", type: "text" },
} as const satisfies OptionTable;

export const DATA_SINK_OPTIONS = {
  ...ANY_PROVIDER,
  ...S3,
  s3EncryptionType: { sql: "S3_ENCRYPTION_TYPE", type: "text" },
  s3KmsKeyId: { sql: "S3_KMS_KEY_ID", type: "text", secret: true },
  ...AZURE,
  ...GCS,
  ...HDFS,
  ...STREAMS_AND_DRIVERS,
  jsonFormat: { sql: "JSON_FORMAT", type: "choice", choices: ["flat", "nested"] },
  maxBatchSize: { sql: "MAX_BATCH_SIZE", type: "integer", min: 1 },
  maxMessageSizeBytes: { sql: "MAX_MESSAGE_SIZE", type: "integer", min: 1 },
} as const satisfies OptionTable;

export const DATA_SOURCE_OPTIONS = {
  ...ANY_PROVIDER,
  ...S3,
  ...AZURE,
  ...GCS,
  ...HDFS,
  ...STREAMS_AND_DRIVERS,
  schemaRegistryCredential: { sql: "SCHEMA_REGISTRY_CREDENTIAL", type: "qualified name" },
  schemaRegistryLocation: { sql: "SCHEMA_REGISTRY_LOCATION", type: "text" },
  schemaRegistryPort: { sql: "SCHEMA_REGISTRY_PORT", type: "integer", min: 1 },
} as const satisfies OptionTable;

/** What ALTER DATA SINK ... SET PROPERTY changes. */
export const DATA_SINK_PROPERTIES = {
  location: { sql: "LOCATION", type: "text" },
  ...DATA_SINK_OPTIONS,
} as const satisfies OptionTable;

/** What ALTER DATA SOURCE ... SET PROPERTY changes. USER is an access key's id where the provider is S3. */
export const DATA_SOURCE_PROPERTIES = {
  location: { sql: "LOCATION", type: "text" },
  user: { sql: "USER", type: "text", secret: true },
  password: { sql: "PASSWORD", type: "text", secret: true },
  ...DATA_SOURCE_OPTIONS,
} as const satisfies OptionTable;

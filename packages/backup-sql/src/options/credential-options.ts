import type { OptionTable } from "./option-table.ts";

export const CREDENTIAL_TYPES = [
  "aws_access_key",
  "aws_iam_role",
  "azure_ad",
  "azure_oauth",
  "azure_sas",
  "azure_storage_key",
  "confluent",
  "docker",
  "gcs_service_account_id",
  "gcs_service_account_keys",
  "hdfs",
  "jdbc",
  "kafka",
  "nvidia_api_key",
  "openai_api_key",
] as const;

export type CredentialType = (typeof CREDENTIAL_TYPES)[number];

/** The vendor's list and its own examples name some of them differently: both are understood. */
export const CREDENTIAL_OPTIONS = {
  s3AwsRoleArn: { sql: "S3_AWS_ROLE_ARN", type: "text" },
  azureStorageAccountName: { sql: "STORAGE ACCOUNT NAME", aliases: ["azure_storage_account_name"], type: "text" },
  azureTenantId: { sql: "TENANT ID", aliases: ["azure_tenant_id"], type: "text" },
  gcsServiceAccountKeys: { sql: "GCS_SERVICE_ACCOUNT_KEYS", type: "text", secret: true },
  hdfsKerberosKeytab: { sql: "KERBEROS KEYTAB", aliases: ["hdfs_kerberos_keytab"], type: "text" },
  hdfsUseKerberos: { sql: "USE KERBEROS", aliases: ["hdfs_use_kerberos"], type: "boolean" },
  saslKerberosKeytab: { sql: "sasl.kerberos.keytab", type: "text" },
  saslKerberosPrincipal: { sql: "sasl.kerberos.principal", type: "text" },
  saslKerberosServiceName: { sql: "sasl.kerberos.service.name", type: "text" },
  saslMechanism: { sql: "sasl.mechanism", type: "choice", choices: ["PLAIN", "GSSAPI"] },
  saslPassword: { sql: "sasl.password", type: "text", secret: true },
  saslUsername: { sql: "sasl.username", type: "text", secret: true },
  securityProtocol: { sql: "security.protocol", type: "choice", choices: ["SSL", "SASL_SSL", "SASL_PLAINTEXT"] },
  sslCaLocation: { sql: "ssl.ca.location", type: "text" },
  sslCertificateLocation: { sql: "ssl.certificate.location", type: "text" },
  sslKeyLocation: { sql: "ssl.key.location", type: "text" },
  sslKeyPassword: { sql: "ssl.key.password", type: "text", secret: true },
} as const satisfies OptionTable;

/** What ALTER CREDENTIAL ... SET PROPERTY changes. */
export const CREDENTIAL_PROPERTIES = {
  type: { sql: "TYPE", type: "choice", choices: CREDENTIAL_TYPES },
  identity: { sql: "IDENTITY", type: "text", secret: true },
  secret: { sql: "SECRET", type: "text", secret: true },
  ...CREDENTIAL_OPTIONS,
} as const satisfies OptionTable;

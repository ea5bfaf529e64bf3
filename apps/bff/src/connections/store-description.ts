import type { CreateCredential } from "@snapdeck/backup-sql/ast/credential-statements";
import type { CreateDataSink } from "@snapdeck/backup-sql/ast/data-sink-statements";
import type { CreateDataSource } from "@snapdeck/backup-sql/ast/data-source-statements";
import { DATA_SINK_OPTIONS, DATA_SOURCE_OPTIONS } from "@snapdeck/backup-sql/options/connection-options";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { shownName } from "./connection-name.ts";
import { LOCATION_HINT, type Provider, providerOf } from "./provider.ts";
import type { StoreDescription } from "./store-opener.ts";

const ANY_STORE = ["validate", "waitTimeoutSeconds", "connectionTimeoutSeconds"];

/** The options that a provider has a use for. */
const OPTIONS_OF: Record<"FILE" | "S3", ReadonlySet<string>> = {
  FILE: new Set(ANY_STORE),
  S3: new Set([
    ...ANY_STORE,
    "credential",
    "useManagedCredentials",
    "useHttps",
    "bucketName",
    "region",
    "s3AwsRoleArn",
    "s3EncryptionCustomerAlgorithm",
    "s3EncryptionCustomerKey",
    "s3EncryptionType",
    "s3KmsKeyId",
    "s3UseVirtualAddressing",
    "s3VerifySsl",
  ]),
};

const SQL_NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries({ ...DATA_SINK_OPTIONS, ...DATA_SOURCE_OPTIONS }).map(([key, { sql }]) => [key, sql]),
);

/**
 * Where a sink or a source leads.
 * @param credential the one that it names
 * @throws {SnapdeckError} `bad-request` when it makes no sense, `not-supported` when no database backup can be kept there
 */
export function storeDescription(
  connection: CreateDataSink | CreateDataSource,
  credential: CreateCredential | undefined,
): StoreDescription {
  const provider = providerOf(connection.location);
  if (provider !== "FILE" && provider !== "S3") throw cannotReach(provider, connection.kind);
  refuseForeignOptions(provider, connection);
  if (provider === "FILE") return { kind: "directory", path: directoryOf(connection.location) };
  const { location, options } = connection;
  return { kind: "s3", location, options, credentials: credentialsFor(connection, credential) };
}

/** What is needed of a credential is there. @throws {SnapdeckError} `bad-request` */
export function mustBeComplete({ name, type, identity, secret }: CreateCredential): void {
  if (type !== "aws_access_key" || (identity !== undefined && secret !== undefined)) return;
  throw new SnapdeckError(
    "bad-request",
    `the credential ${shownName(name)} of type aws_access_key has no ${identity === undefined ? "IDENTITY" : "SECRET"}; nothing was changed`,
    { hint: "IDENTITY is the access key's id, SECRET the key." },
  );
}

function cannotReach(provider: Provider, kind: (CreateDataSink | CreateDataSource)["kind"]): SnapdeckError {
  const deed = kind === "create-data-sink" ? "write database backups to" : "read database backups from";
  return new SnapdeckError("not-supported", `this cluster cannot ${deed} ${provider}; nothing was changed`, {
    hint: `It keeps them in directories and in S3. ${LOCATION_HINT}`,
  });
}

function refuseForeignOptions(
  provider: "FILE" | "S3",
  { kind, options, ...connection }: CreateDataSink | CreateDataSource,
): void {
  const foreign = Object.keys(options).flatMap((key) =>
    OPTIONS_OF[provider].has(key) ? [] : [SQL_NAMES.get(key) ?? key],
  );
  if (provider === "FILE" && kind === "create-data-source") {
    if ("user" in connection && connection.user !== undefined) foreign.push("USER");
    if ("password" in connection && connection.password !== undefined) foreign.push("PASSWORD");
  }
  if (foreign.length === 0) return;
  throw new SnapdeckError("bad-request", `${foreign.join(", ")} mean nothing to ${provider}; nothing was changed`, {
    hint: "Leave them out, or give another LOCATION.",
  });
}

/** The path stands for itself: nothing in it is decoded or resolved. */
function directoryOf(location: string): string {
  const [, path] = /^file:\/\/(\/[^\0]*)$/is.exec(location) ?? [];
  const parts = path?.replace(/\/$/, "").split("/").slice(1);
  if (parts === undefined || parts.some((part) => part === "" || part === "." || part === "..")) {
    throw new SnapdeckError(
      "bad-request",
      "the location is no directory: it takes an absolute path without . and .. in it; nothing was changed",
      { hint: "Write LOCATION = 'FILE:///directory', with three slashes." },
    );
  }
  return `/${parts.join("/")}`;
}

function credentialsFor(connection: CreateDataSink | CreateDataSource, credential: CreateCredential | undefined) {
  const { user, password } = connection.kind === "create-data-source" ? connection : {};
  if (user !== undefined || password !== undefined) {
    if (user === undefined || password === undefined || connection.options.credential !== undefined) {
      throw new SnapdeckError("bad-request", "USER, PASSWORD and CREDENTIAL do not go together; nothing was changed", {
        hint: "Give a CREDENTIAL, or the access key's id as USER and the key as PASSWORD.",
      });
    }
    return { accessKeyId: user, secretAccessKey: password };
  }
  if (credential === undefined) return undefined;
  if (credential.type !== "aws_access_key") {
    throw new SnapdeckError(
      "not-supported",
      `the credential ${shownName(credential.name)} is of type ${credential.type}, with which this cluster cannot reach S3; nothing was changed`,
      { hint: "Use one of type aws_access_key." },
    );
  }
  mustBeComplete(credential);
  const { identity = "", secret = "" } = credential;
  return { accessKeyId: identity, secretAccessKey: secret };
}

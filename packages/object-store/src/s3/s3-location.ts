import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { AllowedEndpoints } from "./endpoint-policy.ts";
import type { S3Credentials, S3Encryption, S3StoreOptions, S3Timeouts } from "./s3-store-options.ts";

/** Options of a data sink or source as SQL gives them, of which S3 uses these. */
export type S3LocationOptions = {
  readonly bucketName?: string | undefined;
  readonly region?: string | undefined;
  readonly s3AwsRoleArn?: string | undefined;
  readonly s3EncryptionCustomerAlgorithm?: string | undefined;
  readonly s3EncryptionCustomerKey?: string | undefined;
  readonly s3EncryptionType?: string | undefined;
  readonly s3KmsKeyId?: string | undefined;
  /** True by default: the bucket stands before the host. */
  readonly s3UseVirtualAddressing?: boolean | undefined;
  /** True by default. */
  readonly s3VerifySsl?: boolean | undefined;
  /** True by default. */
  readonly useHttps?: boolean | undefined;
  readonly useManagedCredentials?: boolean | undefined;
  /** 0 is the default of this server. */
  readonly waitTimeoutSeconds?: number | undefined;
  readonly connectionTimeoutSeconds?: number | undefined;
};

/** Amazon's rules for names of buckets, which others follow. */
const BUCKET = /^(?!xn--|sthree-|amzn-s3-demo-)(?!.*(?:\.\.|-s3alias$|--ol-s3$))[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const REGION = /^[a-z0-9][a-z0-9-]{0,62}$/;
const LOCATION = /^s3(?::\/\/(?<host>[^/?#@\s]*))?\/?$/i;
/** 256 bits in base64. */
const CUSTOMER_KEY = /^[A-Za-z0-9+/]{43}=$/;

/**
 * Where `LOCATION = 'S3'` or `'S3://host[:port]'` and its options lead.
 * @throws {SnapdeckError} `bad-request` when they make no sense, `not-supported` when this server cannot do what they ask for.
 */
export function s3StoreOptions(
  location: string,
  options: S3LocationOptions,
  credentials: S3Credentials | undefined,
  server: { readonly allowedEndpoints: AllowedEndpoints },
): S3StoreOptions {
  const { bucketName: bucket, region = "us-east-1", s3UseVirtualAddressing: virtual = true } = options;
  const match = LOCATION.exec(location);
  if (match === null)
    throw bad("the location is none of S3's", "Write LOCATION = 'S3' or 'S3://host'; the bucket is an option.");
  if (bucket === undefined) throw bad("the option BUCKET NAME is missing", "Give the bucket that keeps the backups.");
  if (!BUCKET.test(bucket))
    throw bad(`${quoted(bucket)} is no name of a bucket`, "Give its plain name, without s3:// and folders.");
  if (bucket.endsWith("--x-s3"))
    throw unable(`the bucket ${bucket} is a directory bucket, which backups cannot be written to`);
  if (!REGION.test(region)) throw bad(`${quoted(region)} is no region`, "Write it as in eu-west-1.");
  if (options.s3AwsRoleArn !== undefined)
    throw unable("S3_AWS_ROLE_ARN asks for a role, which this server does not assume");
  if (options.useManagedCredentials === true)
    throw unable("USE_MANAGED_CREDENTIALS asks for the machine's own credentials");
  if (credentials === undefined) {
    throw bad(
      "there are no credentials",
      "Name a credential with CREDENTIAL: its IDENTITY is the access key's id, its SECRET the key.",
    );
  }
  const { host = "" } = match.groups ?? {};
  const scheme = options.useHttps === false ? "http" : "https";
  const encryption = encryptionOf(options, scheme);
  return {
    endpoint: `${scheme}://${host === "" ? amazonHost(region) : host}`,
    bucket,
    region,
    addressing: virtual ? "virtual" : "path",
    verifiesTls: options.s3VerifySsl ?? true,
    credentials,
    ...(encryption === undefined ? {} : { encryption }),
    timeouts: timeoutsOf(options),
    allowedEndpoints: server.allowedEndpoints,
  };
}

/** Amazon's hosts in China have a name of their own. */
function amazonHost(region: string): string {
  return `s3.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
}

function timeoutsOf({ waitTimeoutSeconds = 0, connectionTimeoutSeconds = 0 }: S3LocationOptions): Partial<S3Timeouts> {
  return {
    // Whoever lets an answer take longer lets the whole call take longer, with its repetitions.
    ...(waitTimeoutSeconds === 0 ? {} : { answerMs: waitTimeoutSeconds * 1_000, callMs: waitTimeoutSeconds * 4_500 }),
    ...(connectionTimeoutSeconds === 0 ? {} : { connectMs: connectionTimeoutSeconds * 1_000 }),
  };
}

function encryptionOf(options: S3LocationOptions, scheme: "http" | "https"): S3Encryption | undefined {
  const { s3EncryptionCustomerAlgorithm: algorithm, s3EncryptionCustomerKey: keyBase64 } = options;
  const { s3EncryptionType: type, s3KmsKeyId: keyId } = options;
  if (algorithm !== undefined || keyBase64 !== undefined) {
    if (type !== undefined || keyId !== undefined) {
      throw bad("a customer's key and encryption by the server exclude each other", "Give one of the two.");
    }
    if (algorithm !== "AES256") throw bad("S3_ENCRYPTION_CUSTOMER_ALGORITHM is AES256", "Amazon knows no other.");
    if (keyBase64 === undefined || !CUSTOMER_KEY.test(keyBase64)) {
      throw bad("S3_ENCRYPTION_CUSTOMER_KEY is 256 bits in base64", "Give 44 characters, the last of them =.");
    }
    if (scheme === "http") throw bad("a customer's key is only sent through https", "Leave USE_HTTPS = FALSE out.");
    return { type: "customer", keyBase64 };
  }
  switch (type?.toLowerCase()) {
    case undefined:
      return keyId === undefined ? undefined : { type: "aws:kms", keyId };
    case "aes256":
      if (keyId !== undefined)
        throw bad("S3_KMS_KEY_ID belongs to S3_ENCRYPTION_TYPE aws:kms", "Give that type, or no key.");
      return { type: "AES256" };
    case "aws:kms":
      return { type: "aws:kms", ...(keyId === undefined ? {} : { keyId }) };
    case "aws:kms:dsse":
      return { type: "aws:kms:dsse", ...(keyId === undefined ? {} : { keyId }) };
    default:
      throw bad("S3_ENCRYPTION_TYPE is AES256, aws:kms or aws:kms:dsse", "Give one of these.");
  }
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}

function bad(detail: string, hint: string): SnapdeckError {
  return new SnapdeckError("bad-request", detail, { hint });
}

function unable(detail: string): SnapdeckError {
  return new SnapdeckError("not-supported", detail, {
    hint: "Use a bucket of the usual kind with an access key: CREDENTIAL of TYPE aws_access_key.",
  });
}

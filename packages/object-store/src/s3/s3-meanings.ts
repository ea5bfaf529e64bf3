import type { ProblemCode } from "@snapdeck/contract/problem";

/** `what` completes "the store x ... while reading y". `store-unavailable` by default. */
export type Meaning = { readonly code?: ProblemCode; readonly what: string; readonly hint: string };

export const CLOCK_HINT = "Set this server's clock, or the store's, by a time server.";

const WRONG_KEYS: Meaning = {
  what: "did not accept the credentials",
  hint: "Check the access key and its secret, and that the key is active.",
};
const EXPIRED: Meaning = { what: "says that the credentials have expired", hint: "Give new credentials." };
const DENIED: Meaning = {
  what: "did not allow it with these credentials",
  hint: "Let the key list the bucket and its multipart uploads, and get, put, delete and abort the uploads of its objects.",
};
const NO_BUCKET: Meaning = { what: "has no such bucket", hint: "Make the bucket, or check its name and the endpoint." };
const REGION: Meaning = { what: "keeps the bucket in another region", hint: "Give the region that the bucket is in." };
const CLOCK: Meaning = { what: "says that the clocks are more than 15 minutes apart", hint: CLOCK_HINT };
const FULL: Meaning = {
  code: "disk-full",
  what: "has no room left",
  hint: "Free some space, raise the quota or delete a backup, then try again.",
};
const BUSY: Meaning = {
  what: "has too much to do, as it said to each repetition,",
  hint: "Try again later, or ask for less at once.",
};
const KMS: Meaning = {
  what: "could not use the encryption key",
  hint: "Check that the KMS key exists, is enabled, and may be used with these credentials.",
};
const CUSTOMER_KEY: Meaning = {
  what: "did not accept the customer's encryption key",
  hint: "Give the key that the objects were written with.",
};

/** By S3's names of failures: Amazon's list, and the names that Ceph, MinIO and Swift add to it. */
export const MEANING_OF_CODE: Readonly<Record<string, Meaning>> = {
  InvalidAccessKeyId: WRONG_KEYS,
  SignatureDoesNotMatch: WRONG_KEYS,
  InvalidSecurity: WRONG_KEYS,
  NotSignedUp: WRONG_KEYS,
  InvalidToken: EXPIRED,
  ExpiredToken: EXPIRED,
  TokenRefreshRequired: EXPIRED,
  AccessDenied: DENIED,
  AllAccessDisabled: DENIED,
  AccountProblem: DENIED,
  MethodNotAllowed: DENIED,
  NoSuchBucket: NO_BUCKET,
  InvalidBucketName: NO_BUCKET,
  PermanentRedirect: REGION,
  TemporaryRedirect: REGION,
  AuthorizationHeaderMalformed: REGION,
  IllegalLocationConstraintException: REGION,
  RequestTimeTooSkewed: CLOCK,
  RequestExpired: CLOCK,
  InsufficientStorage: FULL,
  QuotaExceeded: FULL,
  XMinioStorageFull: FULL,
  XMinioAdminBucketQuotaExceeded: FULL,
  SlowDown: BUSY,
  Throttling: BUSY,
  ThrottlingException: BUSY,
  TooManyRequests: BUSY,
  RequestLimitExceeded: BUSY,
  "KMS.DisabledException": KMS,
  "KMS.NotFoundException": KMS,
  "KMS.KMSInvalidStateException": KMS,
  "KMS.InvalidKeyUsageException": KMS,
  InvalidEncryptionAlgorithmError: KMS,
  ServerSideEncryptionConfigurationNotFoundError: KMS,
  InvalidObjectState: {
    code: "backup-unusable",
    what: "has put the object into an archive",
    hint: "Restore it from the archive, and keep what moves objects there away from backups.",
  },
  BadDigest: {
    what: "got other bytes than were sent",
    hint: "Check what stands between it and this server, then try again.",
  },
  InvalidDigest: {
    what: "got other bytes than were sent",
    hint: "Check what stands between it and this server, then try again.",
  },
  EntityTooLarge: { what: "takes no object as large as that", hint: "Check the store's limits." },
  NotImplemented: { what: "cannot do that", hint: "Use an S3 server that can." },
  SSECustomerKeyMismatch: CUSTOMER_KEY,
  InvalidSSECustomerKey: CUSTOMER_KEY,
};

/** By the system's names of failures of a connection. */
export const MEANING_OF_ERRNO: Readonly<Record<string, Meaning>> = {
  ECONNREFUSED: {
    what: "refused the connection",
    hint: "Check the endpoint's host and port, and that the server runs.",
  },
  ECONNRESET: {
    what: "cut the connection",
    hint: "Check that the server runs and what stands between it and this one, then try again.",
  },
  EPIPE: {
    what: "cut the connection",
    hint: "Check that the server runs and what stands between it and this one, then try again.",
  },
  ETIMEDOUT: {
    what: "did not answer in time",
    hint: "Check that the server runs and what stands between it and this one, then try again.",
  },
  EHOSTUNREACH: { what: "cannot be reached", hint: "Check the network between it and this server." },
  ENETUNREACH: { what: "cannot be reached", hint: "Check the network between it and this server." },
  EPROTO: {
    what: "does not speak TLS as it should",
    hint: "Check whether the endpoint is http or https, and its port.",
  },
  ERR_SSL_WRONG_VERSION_NUMBER: {
    what: "does not speak TLS",
    hint: "Check whether the endpoint is http or https, and its port.",
  },
};

/** Names that Node.js and OpenSSL give to certificates that are not trusted. */
export const TLS_ERRNO =
  /CERT|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH_EXCEEDED|INVALID_PURPOSE/;

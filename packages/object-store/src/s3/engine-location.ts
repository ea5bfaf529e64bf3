import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { EngineLocation } from "@snapdeck/core/ports/database-backup-store";
import type { S3StoreOptions } from "./s3-store-options.ts";

/** Hosts before which the engine takes a name for a bucket; before all others it is part of the host. From its own `S3/URI.cpp`. */
const TAKES_BUCKET_BEFORE = /^(?:s3express[a-z0-9-]*|s3|cos|obs|oss|eos)[.-]/;

/** Amazon's hosts, from which the engine reads the region. */
const AMAZON = /^s3[.-](?<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/;

/** What the engine signs for where a host names no region. */
const ENGINES_REGION = "us-east-1";

/**
 * How the engine reaches the same place. It is told a URL and a key by each statement and nothing else, so what goes beyond that is refused
 * instead of being left out: a database backup would be written less protected than its sink says.
 * @throws {SnapdeckError} `not-supported`
 */
export function engineLocation(options: S3StoreOptions, use: "sink" | "source"): EngineLocation {
  const { endpoint, bucket, prefix = "", region = ENGINES_REGION, addressing, verifiesTls = true } = options;
  const url = new URL(endpoint);
  if (url.protocol === "https:" && !verifiesTls) {
    throw unable(
      "reach a store without looking at its certificate",
      "Leave S3_VERIFY_SSL = FALSE out, and let the machine trust who signed the certificate.",
    );
  }
  if (options.encryption?.type === "customer") {
    throw unable("encrypt with a customer's key", "Use the bucket's own encryption (S3_ENCRYPTION_TYPE is left out).");
  }
  if (options.encryption !== undefined && use === "sink") {
    throw unable(
      "ask for encryption of each object",
      "Make it the bucket's default encryption, and leave S3_ENCRYPTION_TYPE and S3_KMS_KEY_ID out.",
    );
  }
  if (options.credentials.sessionToken !== undefined) {
    throw unable("use credentials with a session token", "Use an access key.");
  }
  const named = AMAZON.exec(url.hostname)?.groups?.["region"] ?? ENGINES_REGION;
  if (named !== region) {
    throw unable(
      `sign for the region ${region} at ${url.host}`,
      `Leave REGION out, or let the store take ${ENGINES_REGION}.`,
    );
  }
  if (addressing === "virtual" && !TAKES_BUCKET_BEFORE.test(url.hostname)) {
    throw unable(`reach a bucket by its name before ${url.host}`, "Give S3_USE_VIRTUAL_ADDRESSING = FALSE.");
  }
  const origin = addressing === "virtual" ? `${url.protocol}//${bucket}.${url.host}` : `${url.origin}/${bucket}`;
  const { accessKeyId, secretAccessKey } = options.credentials;
  return {
    kind: "s3",
    url: prefix === "" ? origin : `${origin}/${prefix}`,
    accessKeyId,
    secretAccessKey,
  };
}

function unable(what: string, hint: string): SnapdeckError {
  return new SnapdeckError("not-supported", `the engine cannot ${what}; nothing was changed`, { hint });
}

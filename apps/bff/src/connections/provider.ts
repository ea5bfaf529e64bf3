import { redactLocation } from "@snapdeck/backup-sql/printing/disclosure";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";

/** Whose storage a location names; the first two are those that this console keeps database backups in. */
export type Provider = "FILE" | "S3" | "AZURE" | "GCS" | "HDFS" | "KAFKA" | "CONFLUENT" | "JDBC" | "TABLE" | "WEBHOOK";

const BY_SCHEME: ReadonlyMap<string, Provider> = new Map<string, Provider>([
  ["FILE", "FILE"],
  ["S3", "S3"],
  ["AZURE", "AZURE"],
  ["GCS", "GCS"],
  ["HDFS", "HDFS"],
  ["KAFKA", "KAFKA"],
  ["CONFLUENT", "CONFLUENT"],
  ["JDBC", "JDBC"],
  ["TABLE", "TABLE"],
  ["HTTP", "WEBHOOK"],
  ["HTTPS", "WEBHOOK"],
]);

export const LOCATION_HINT = "Write LOCATION = 'FILE:///directory', 'S3' or 'S3://host'.";

/** @throws {SnapdeckError} `bad-request` for a location of nobody's */
export function providerOf(location: string): Provider {
  const provider = knownProviderOf(location);
  if (provider !== undefined) return provider;
  const shown = JSON.stringify(redactLocation(location).slice(0, 100));
  throw new SnapdeckError("bad-request", `the location ${shown} is none that is known; nothing was done`, {
    hint: LOCATION_HINT,
  });
}

export function knownProviderOf(location: string): Provider | undefined {
  const [, scheme = ""] = /^([a-z][a-z0-9]*)(?::|$)/i.exec(location) ?? [];
  return BY_SCHEME.get(scheme.toUpperCase());
}

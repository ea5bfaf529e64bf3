import type { S3StoreOptions } from "./s3-store-options.ts";

/** Takes the secrets of a store, and the ids of its keys, out of a text. */
export type WithoutSecrets = (text: string) => string;

export function withoutSecretsOf({ credentials, encryption }: S3StoreOptions): WithoutSecrets {
  const { accessKeyId, secretAccessKey, sessionToken = "" } = credentials;
  const secrets = [accessKeyId, secretAccessKey, sessionToken];
  if (encryption?.type === "customer") secrets.push(encryption.keyBase64);
  if (encryption?.type === "aws:kms" || encryption?.type === "aws:kms:dsse") secrets.push(encryption.keyId ?? "");
  const known = secrets.filter((secret) => secret !== "").sort((a, b) => b.length - a.length);
  return (text) => {
    let rest = text;
    for (const secret of known) rest = rest.replaceAll(secret, "[hidden]");
    // Ids of other keys of Amazon's: those that a server speaks of, whoever they belong to.
    return rest.replace(/\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}/g, "[hidden]");
  };
}

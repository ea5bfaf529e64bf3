import { createHash } from "node:crypto";
import { answerOf } from "./s3-answer.ts";
import type { S3Encryption } from "./s3-store-options.ts";

/** What every request for an object needs that is encrypted with the customer's key. */
export type CustomerKey = {
  readonly SSECustomerAlgorithm?: "AES256";
  readonly SSECustomerKey?: string;
  readonly SSECustomerKeyMD5?: string;
};

export function customerKeyOf(encryption: S3Encryption | undefined): CustomerKey {
  if (encryption?.type !== "customer") return {};
  const { keyBase64 } = encryption;
  return {
    SSECustomerAlgorithm: "AES256",
    SSECustomerKey: keyBase64,
    SSECustomerKeyMD5: createHash("md5").update(Buffer.from(keyBase64, "base64")).digest("base64"),
  };
}

/** What a request that makes an object says of its encryption, on top of the customer's key. */
export function serverSideOf(encryption: S3Encryption | undefined): {
  ServerSideEncryption?: "AES256" | "aws:kms" | "aws:kms:dsse";
  SSEKMSKeyId?: string;
} {
  switch (encryption?.type) {
    case undefined:
    case "customer":
      return {};
    case "AES256":
      return { ServerSideEncryption: "AES256" };
    case "aws:kms":
    case "aws:kms:dsse":
      return {
        ServerSideEncryption: encryption.type,
        ...(encryption.keyId === undefined ? {} : { SSEKMSKeyId: encryption.keyId }),
      };
  }
}

export function md5Base64(contents: Uint8Array): string {
  return createHash("md5").update(contents).digest("base64");
}

/** Whether S3 said that the object is not there. A 404 of something that is no S3 server says nothing about objects. */
export function isNoSuchKey(thrown: unknown): boolean {
  return answerOf(thrown).code === "NoSuchKey";
}

/** The same for HEAD, whose answers have no body that could name the failure. */
export function isNotFound(thrown: unknown): boolean {
  return answerOf(thrown).status === 404;
}

/** Whether the server knows such requests and does not do them. */
export function isNotImplemented(thrown: unknown): boolean {
  const { code, status } = answerOf(thrown);
  return code === "NotImplemented" || status === 501;
}

/** Whether whoever asks may not ask for that, or nobody may. */
export function isRefused(thrown: unknown): boolean {
  return isNotImplemented(thrown) || answerOf(thrown).status === 403;
}

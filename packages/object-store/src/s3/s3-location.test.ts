import type { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { describe, expect, test } from "vitest";
import { type S3LocationOptions, s3StoreOptions } from "./s3-location.ts";

const credentials = { accessKeyId: "id", secretAccessKey: "secret" };
const server = { allowedEndpoints: [] };
const KEY = Buffer.alloc(32, "canary").toString("base64");

const from = (location: string, options: S3LocationOptions = {}) =>
  s3StoreOptions(location, { bucketName: "backups", ...options }, credentials, server);

function refusal(work: () => unknown): Partial<SnapdeckError> {
  try {
    work();
  } catch (thrown) {
    return thrown as SnapdeckError;
  }
  return {};
}

describe("LOCATION and the options of S3", () => {
  test.each<[string, S3LocationOptions, string]>([
    ["S3", {}, "https://s3.us-east-1.amazonaws.com"],
    ["s3", { region: "eu-west-1" }, "https://s3.eu-west-1.amazonaws.com"],
    ["S3://", { region: "cn-north-1" }, "https://s3.cn-north-1.amazonaws.com.cn"],
    ["S3://minio.example.com", {}, "https://minio.example.com"],
    ["S3://minio.example.com:9000", { useHttps: false }, "http://minio.example.com:9000"],
    ["S3://minio.example.com:9000/", { useHttps: true }, "https://minio.example.com:9000"],
    ["S3://[::1]:9000", {}, "https://[::1]:9000"],
  ])("%s with %j leads to %s", (location, options, endpoint) => {
    expect(from(location, options).endpoint).toBe(endpoint);
  });

  test("have the defaults of the manual: virtual addressing, TLS that is checked, no encryption of ours", () => {
    const options = from("S3");
    expect(options).toMatchObject({ addressing: "virtual", verifiesTls: true, bucket: "backups", timeouts: {} });
    expect(options.encryption).toBeUndefined();
    expect(from("S3", { s3UseVirtualAddressing: false, s3VerifySsl: false })).toMatchObject({
      addressing: "path",
      verifiesTls: false,
    });
  });

  test("set how long is waited", () => {
    expect(from("S3", { waitTimeoutSeconds: 30, connectionTimeoutSeconds: 3 }).timeouts).toEqual({
      answerMs: 30_000,
      callMs: 135_000,
      connectMs: 3_000,
    });
    expect(from("S3", { waitTimeoutSeconds: 0, connectionTimeoutSeconds: 0 }).timeouts).toEqual({});
  });

  test.each<[S3LocationOptions, unknown]>([
    [{ s3EncryptionType: "AES256" }, { type: "AES256" }],
    [{ s3EncryptionType: "aes256" }, { type: "AES256" }],
    [{ s3EncryptionType: "aws:kms" }, { type: "aws:kms" }],
    [
      { s3EncryptionType: "AWS:KMS", s3KmsKeyId: "k" },
      { type: "aws:kms", keyId: "k" },
    ],
    [
      { s3EncryptionType: "aws:kms:dsse", s3KmsKeyId: "k" },
      { type: "aws:kms:dsse", keyId: "k" },
    ],
    [{ s3KmsKeyId: "k" }, { type: "aws:kms", keyId: "k" }],
    [
      { s3EncryptionCustomerAlgorithm: "AES256", s3EncryptionCustomerKey: KEY },
      { type: "customer", keyBase64: KEY },
    ],
  ])("say with %j how it is encrypted", (options, encryption) => {
    expect(from("S3", options).encryption).toEqual(encryption);
  });

  test.each<[string, S3LocationOptions, string]>([
    ["AZURE", {}, "location"],
    ["S3://host/bucket", {}, "location"],
    ["S3://canary-user:canary-password@host", {}, "location"],
    ["S3://host?x=1", {}, "location"],
    ["S3:host", {}, "location"],
    ["S3", { bucketName: undefined }, "BUCKET NAME is missing"],
    ["S3", { bucketName: "ab" }, "no name of a bucket"],
    ["S3", { bucketName: "Backups" }, "no name of a bucket"],
    ["S3", { bucketName: "a/b" }, "no name of a bucket"],
    ["S3", { bucketName: "../etc" }, "no name of a bucket"],
    ["S3", { bucketName: "a..b" }, "no name of a bucket"],
    ["S3", { bucketName: "arn:aws:s3:::x" }, "no name of a bucket"],
    ["S3", { bucketName: "a".repeat(300) }, "no name of a bucket"],
    ["S3", { bucketName: "a\0b" }, "no name of a bucket"],
    ["S3", { region: "eu west" }, "no region"],
    ["S3", { region: "evil.example.com/x" }, "no region"],
    ["S3", { s3EncryptionType: "DES" }, "S3_ENCRYPTION_TYPE is"],
    ["S3", { s3EncryptionType: "AES256", s3KmsKeyId: "canary" }, "S3_KMS_KEY_ID belongs to"],
    ["S3", { s3EncryptionCustomerKey: KEY }, "CUSTOMER_ALGORITHM is AES256"],
    ["S3", { s3EncryptionCustomerAlgorithm: "AES256" }, "256 bits"],
    ["S3", { s3EncryptionCustomerAlgorithm: "AES256", s3EncryptionCustomerKey: "canary" }, "256 bits"],
    [
      "S3",
      { s3EncryptionCustomerAlgorithm: "AES256", s3EncryptionCustomerKey: KEY, s3EncryptionType: "AES256" },
      "exclude each other",
    ],
    ["S3", { s3EncryptionCustomerAlgorithm: "AES256", s3EncryptionCustomerKey: KEY, useHttps: false }, "through https"],
  ])("%s with %j are refused, without a secret: %s", (location, options, saying) => {
    const { code, detail = "", hint } = refusal(() => from(location, options));
    expect(code).toBe("bad-request");
    expect(detail).toContain(saying);
    expect(hint).toBeTruthy();
    expect(`${detail}${hint}`).not.toMatch(/canary|Y2FuYXJ5/);
  });

  test.each<[S3LocationOptions, string]>([
    [{ s3AwsRoleArn: "arn:aws:iam::1:role/x" }, "S3_AWS_ROLE_ARN"],
    [{ useManagedCredentials: true }, "USE_MANAGED_CREDENTIALS"],
    [{ bucketName: "backups--use1-az4--x-s3" }, "directory bucket"],
  ])("%j are more than this server can do", (options, saying) => {
    const { code, detail } = refusal(() => from("S3", options));
    expect(code).toBe("not-supported");
    expect(detail).toContain(saying);
  });

  test("without credentials are refused", () => {
    expect(refusal(() => s3StoreOptions("S3", { bucketName: "backups" }, undefined, server)).code).toBe("bad-request");
  });
});

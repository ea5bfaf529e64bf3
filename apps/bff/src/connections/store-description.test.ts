import type { CreateDataSink } from "@snapdeck/backup-sql/ast/data-sink-statements";
import type { CreateDataSource } from "@snapdeck/backup-sql/ast/data-source-statements";
import { describe, expect, test } from "vitest";
import { storeDescription } from "./store-description.ts";

const SINK: CreateDataSink = {
  kind: "create-data-sink",
  name: { name: "s" },
  orReplace: false,
  location: "S3://store.example:9000",
  options: {
    bucketName: "nightly",
    region: "eu-west-1",
    s3EncryptionType: "aws:kms",
    s3KmsKeyId: "k",
    useHttps: false,
  },
};
const KEY = {
  kind: "create-credential",
  name: { name: "key" },
  orReplace: false,
  type: "aws_access_key",
  identity: "id",
  secret: "secret",
  options: {},
} as const;

describe("Where a data sink leads", () => {
  test("is told by its location, its options and its credential", () => {
    expect(storeDescription({ ...SINK, options: { ...SINK.options, credential: { name: "key" } } }, KEY)).toEqual({
      kind: "s3",
      location: SINK.location,
      options: { ...SINK.options, credential: { name: "key" } },
      credentials: { accessKeyId: "id", secretAccessKey: "secret" },
    });
    expect(storeDescription(SINK, undefined)).toMatchObject({ credentials: undefined });
  });

  test.each([
    ["FILE:///a/b", "/a/b"],
    ["file:///a/b/", "/a/b"],
    ["FILE:///a b/'c'/#?", "/a b/'c'/#?"],
  ])("is a directory as it is written: %s", (location, path) => {
    expect(storeDescription({ ...SINK, location, options: {} }, undefined)).toEqual({ kind: "directory", path });
  });

  test.each(["aws_iam_role", "azure_sas", "gcs_service_account_id", "jdbc"] as const)(
    "is refused with a credential of type %s",
    (type) => {
      expect(() => storeDescription(SINK, { ...KEY, type })).toThrow(`is of type ${type}`);
    },
  );

  test.each([
    [{ user: "u" }],
    [{ password: "p" }],
    [{ user: "u", password: "p", options: { ...SINK.options, credential: { name: "key" } } }],
  ])("is refused with two ways to sign in, or half of one", (changes) => {
    const { s3EncryptionType: _, s3KmsKeyId: __, ...options } = SINK.options;
    const source: CreateDataSource = { ...SINK, kind: "create-data-source", options, ...changes };
    expect(() => storeDescription(source, KEY)).toThrow("do not go together");
  });
});

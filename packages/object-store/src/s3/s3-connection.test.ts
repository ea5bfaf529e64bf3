import { describe, expect, test } from "vitest";
import { judgeS3, type S3Description, s3Connection } from "./s3-connection.ts";
import type { S3LocationOptions } from "./s3-location.ts";

const KEYS = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "s3cr3t" };
const amazon = { allowedEndpoints: [], resolve: async () => [{ address: "52.218.0.1", family: 4 }] };
const local = { allowedEndpoints: ["http://10.0.0.5:9000"] };

function description(location: string, options: S3LocationOptions = {}): S3Description {
  return { location, options: { bucketName: "backups", ...options }, credentials: KEYS };
}

describe("A data sink on S3", () => {
  test.each([
    ["S3", { region: "eu-west-1" }, amazon, "https://backups.s3.eu-west-1.amazonaws.com"],
    [
      "S3",
      { region: "eu-west-1", s3UseVirtualAddressing: false },
      amazon,
      "https://s3.eu-west-1.amazonaws.com/backups",
    ],
    ["S3://10.0.0.5:9000", { useHttps: false, s3UseVirtualAddressing: false }, local, "http://10.0.0.5:9000/backups"],
  ])("at %s with %j is reached by the engine as by us", async (location, options, server, url) => {
    const { store, engine } = await s3Connection(description(location, options), "sink", server);
    expect(engine).toEqual({ kind: "s3", url, ...KEYS });
    expect(store.name).toBe("s3://backups");
    store.close();
  });

  test.each<[string, S3LocationOptions]>([
    ["without a look at certificates", { s3VerifySsl: false }],
    [
      "with a key of the customer's",
      { s3EncryptionCustomerAlgorithm: "AES256", s3EncryptionCustomerKey: `${"A".repeat(43)}=` },
    ],
    ["with encryption of each object", { s3EncryptionType: "aws:kms" }],
    ["with the bucket before a host that the engine does not know", { s3UseVirtualAddressing: true }],
    ["with a region that the host does not name", { s3UseVirtualAddressing: false, region: "eu-west-1" }],
  ])("%s is refused, because the engine could not be told", (_, options) => {
    const work = () => judgeS3(description("S3://store.example.com", options), "sink", amazon);
    expect(work).toThrow(expect.objectContaining({ code: "not-supported", hint: expect.anything() }));
  });

  test("whose name stands for a private address is not handed to the engine", async () => {
    const server = { allowedEndpoints: [], resolve: async () => [{ address: "10.0.0.5", family: 4 }] };
    const work = s3Connection(description("S3", { region: "eu-west-1" }), "sink", server);
    await expect(work).rejects.toMatchObject({ code: "not-supported" });
  });
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { S3StoreOptions } from "../src/s3/s3-store-options.ts";
import { FaultProxy, httpAnswer, s3Refusal } from "./fault-proxy.ts";
import { callsOf, failureOf } from "./swift/failure-of.ts";
import { type ProxiedSwift, startProxiedSwift } from "./swift/proxied-swift.ts";

let world: ProxiedSwift;

beforeAll(async () => {
  world = await startProxiedSwift();
});
afterAll(() => world.stop());
beforeEach(() => world.begin());
afterEach(() => world.end());

describe("A real server that", () => {
  test.each<[string, Partial<S3StoreOptions>, RegExp]>([
    [
      "does not know the secret",
      { credentials: { accessKeyId: "console:backup", secretAccessKey: "wrong" } },
      /did not accept the credentials/,
    ],
    [
      "does not know the key",
      { credentials: { accessKeyId: "console:nobody", secretAccessKey: "wrong" } },
      /did not accept the credentials/,
    ],
    ["is in another region", { region: "eu-west-1" }, /keeps the bucket in another region/],
    ["has no such bucket", { bucket: "no-such-bucket" }, /has no such bucket/],
  ])("%s is told apart by every call", async (_, options, saying) => {
    const store = world.storeWith(options);
    for (const failure of await Promise.all(callsOf(store).map(failureOf))) {
      expect(failure.code).toBe("store-unavailable");
      expect(failure.detail).toMatch(saying);
      expect(failure.hint).toBeTruthy();
    }
  });

  test("does not listen, or is nobody's name, is told apart", async () => {
    const free = await FaultProxy.start(world.swift.url);
    const endpoint = `http://127.0.0.1:${free.port}`;
    await free.stop();
    expect((await failureOf(world.storeWith({ endpoint }).space())).detail).toContain("refused the connection");
    const nowhere = world.storeWith({ endpoint: "https://s3.nowhere.invalid" });
    expect((await failureOf(nowhere.space())).detail).toContain("nobody knows the address of s3.nowhere.invalid");
  });
});

describe("An answer of a server", () => {
  test.each<[string, string, string, RegExp]>([
    ["AccessDenied", s3Refusal(403, "AccessDenied"), "store-unavailable", /did not allow it with these credentials/],
    ["InvalidAccessKeyId", s3Refusal(403, "InvalidAccessKeyId"), "store-unavailable", /did not accept the credentials/],
    ["ExpiredToken", s3Refusal(400, "ExpiredToken"), "store-unavailable", /have expired/],
    [
      "RequestTimeTooSkewed",
      s3Refusal(403, "RequestTimeTooSkewed"),
      "store-unavailable",
      /clocks are more than 15 minutes apart/,
    ],
    ["PermanentRedirect", s3Refusal(301, "PermanentRedirect"), "store-unavailable", /another region/],
    ["507", s3Refusal(507, "Whatever"), "disk-full", /no room left/],
    ["XMinioStorageFull", s3Refusal(507, "XMinioStorageFull"), "disk-full", /no room left/],
    ["QuotaExceeded", s3Refusal(403, "QuotaExceeded"), "disk-full", /no room left/],
    ["KMS.DisabledException", s3Refusal(400, "KMS.DisabledException"), "store-unavailable", /encryption key/],
    ["InvalidObjectState", s3Refusal(403, "InvalidObjectState"), "backup-unusable", /archive/],
    ["429", s3Refusal(429, "TooManyRequests"), "store-unavailable", /too much to do/],
    ["a 403 without words", httpAnswer(403, ""), "store-unavailable", /did not allow it/],
    ["a 404 of something else", httpAnswer(404, "<html>nginx</html>"), "store-unavailable", /was not found|not S3's/],
    [
      "a 200 of something else",
      httpAnswer(200, "<html>welcome</html>"),
      "store-unavailable",
      /not S3's|not complete|failed/,
    ],
    ["a 200 that is no XML", httpAnswer(200, "welcome"), "store-unavailable", /not S3's|not complete|failed/],
  ])("of %s becomes what an operator can act on", async (_, text, code, saying) => {
    world.proxy.arm({ kind: "answer", text });
    const store = world.storeWith();
    for (const failure of await Promise.all([store.folders("local"), store.files("local").next()].map(failureOf))) {
      expect(failure.detail).toMatch(saying);
      expect(failure.code).toBe(code);
      expect(failure.hint).toBeTruthy();
    }
  });

  test("that there is no such object is believed of an S3 server only", async () => {
    world.proxy.arm({ kind: "answer", text: s3Refusal(404, "NoSuchKey") });
    expect(await world.storeWith().read("local/file", 100)).toBeUndefined();
    world.proxy.arm({ kind: "answer", text: httpAnswer(404, "<html>nginx</html>") });
    await expect(world.storeWith().read("local/file", 100)).rejects.toMatchObject({ code: "store-unavailable" });
  });

  test("that sends us elsewhere is not followed", async () => {
    const elsewhere = await FaultProxy.start(world.swift.url);
    try {
      const location = [`Location: http://127.0.0.1:${elsewhere.port}/${world.bucket}/local/file`];
      for (const status of [301, 302, 307, 308]) {
        world.proxy.arm({ kind: "answer", text: s3Refusal(status, "TemporaryRedirect", "", location) });
        expect((await failureOf(world.storeWith().read("local/file", 100))).code).toBe("store-unavailable");
      }
      expect(elsewhere.seen).toEqual([]);
    } finally {
      await elsewhere.stop();
    }
  });

  test.each<[string, string]>([
    ["a page that says nothing of an end", "<ListBucketResult><Name>b</Name></ListBucketResult>"],
    [
      "a page with fewer keys than it says",
      "<ListBucketResult><KeyCount>3</KeyCount><IsTruncated>false</IsTruncated><Contents><Key>local/a</Key><Size>1</Size></Contents></ListBucketResult>",
    ],
    [
      "a page with more to come, and no way there",
      "<ListBucketResult><KeyCount>0</KeyCount><IsTruncated>true</IsTruncated></ListBucketResult>",
    ],
    [
      "the same page for ever",
      "<ListBucketResult><KeyCount>0</KeyCount><IsTruncated>true</IsTruncated><NextContinuationToken>x</NextContinuationToken></ListBucketResult>",
    ],
    [
      "keys that nobody asked for",
      "<ListBucketResult><KeyCount>1</KeyCount><IsTruncated>false</IsTruncated><Contents><Key>other/a</Key><Size>1</Size></Contents></ListBucketResult>",
    ],
    [
      "a file without a size",
      "<ListBucketResult><KeyCount>1</KeyCount><IsTruncated>false</IsTruncated><Contents><Key>local/a</Key></Contents></ListBucketResult>",
    ],
    [
      "a page that is cut",
      "<ListBucketResult><KeyCount>1</KeyCount><IsTruncated>false</IsTruncated><Contents><Key>local/a</Key>",
    ],
  ])("that lists %s is no list", async (_, xml) => {
    world.proxy.arm({ kind: "answer", text: httpAnswer(200, xml, ["Content-Type: application/xml"]) });
    const list = async () => {
      for await (const file of world.storeWith().files("local")) expect(file).toBeUndefined();
    };
    expect((await failureOf(list())).code).toBe("store-unavailable");
  });
});

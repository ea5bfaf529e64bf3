import {
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { S3Store } from "../src/s3/s3-store.ts";
import type { S3StoreOptions } from "../src/s3/s3-store-options.ts";
import { FaultProxy, s3Refusal } from "./fault-proxy.ts";
import { describeStore, type StoreKind } from "./object-store-suite.ts";
import { type SwiftServer, startSwift } from "./swift/swift-server.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

function optionsFor(swift: SwiftServer, bucket: string, prefix = ""): S3StoreOptions {
  const { url, accessKeyId, secretAccessKey } = swift;
  return {
    endpoint: url,
    bucket,
    prefix,
    addressing: "path",
    credentials: { accessKeyId, secretAccessKey },
    allowedEndpoints: [url],
    // Small pages, so that a list of a few files has several.
    pageEntries: 50,
  };
}

function put(swift: SwiftServer, bucket: string, key: string, contents: Uint8Array) {
  return swift.client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: contents }));
}

function swiftKind(title: string, prefix: string, conditionalPuts: boolean): StoreKind {
  let swift: SwiftServer;
  return {
    title,
    isExclusive: conditionalPuts,
    hasEnd: false,
    start: async () => {
      swift = await startSwift({ conditionalPuts });
    },
    stop: () => swift.stop(),
    open: async () => {
      const bucket = await swift.bucket();
      const store = new S3Store(optionsFor(swift, bucket, prefix));
      return {
        store,
        plant: async (path, contents) => {
          await put(swift, bucket, prefix === "" ? path : `${prefix}/${path}`, contents);
        },
        close: async () => store.close(),
      };
    },
  };
}

describeStore(swiftKind("A bucket", "", false));
describeStore(swiftKind("A folder of a bucket, on a server with conditional writes,", "backups/of a/cluster", true));

describe("A store in a bucket", () => {
  let swift: SwiftServer;
  let bucket: string;
  let store: S3Store;

  beforeAll(async () => {
    swift = await startSwift();
  });
  afterAll(() => swift.stop());
  beforeEach(async () => {
    bucket = await swift.bucket();
    store = new S3Store(optionsFor(swift, bucket));
    return () => store.close();
  });

  async function keys(): Promise<string[]> {
    const { Contents: contents = [] } = await swift.client.send(new ListObjectsV2Command({ Bucket: bucket }));
    return contents.map(({ Key: key = "" }) => key);
  }

  async function uploads(): Promise<string[]> {
    const { Uploads: begun = [] } = await swift.client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
    return begun.map(({ Key: key = "" }) => key).sort();
  }

  /** As a writer leaves it that dies between two parts. */
  async function leaveUpload(key: string): Promise<void> {
    const begun = await swift.client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key: key }));
    const part = { Bucket: bucket, Key: key, UploadId: begun.UploadId, PartNumber: 1, Body: bytes("half of it") };
    await swift.client.send(new UploadPartCommand(part));
  }

  test("is called by its bucket and its folder", () => {
    expect(store.name).toBe(`s3://${bucket}`);
    expect(new S3Store(optionsFor(swift, bucket, "a/b")).name).toBe(`s3://${bucket}/a/b`);
    expect(() => new S3Store(optionsFor(swift, bucket, "a/../b"))).toThrow("not a path inside the store");
  });

  test("keeps to its folder of the bucket", async () => {
    await put(swift, bucket, "other/file", bytes("not ours"));
    await put(swift, bucket, "ours-not/file", bytes("not ours"));
    const ours = new S3Store(optionsFor(swift, bucket, "ours"));
    await ours.publish("local/file", bytes("x"));
    expect(await keys()).toEqual(["other/file", "ours-not/file", "ours/local/file"]);
    expect(await ours.removeAll("local")).toBe(1);
    expect(await ours.read("file", 100)).toBeUndefined();
    expect(await keys()).toEqual(["other/file", "ours-not/file"]);
    ours.close();
  });

  test("sweeps away uploads that were begun right in a folder, by their names, and leaves those below to who runs them", async () => {
    const left = ["local/b1/manifest.json", "local/b1/proofs.json", "local/b1/a1/rank-0/data.bin", "local/b10/x"];
    for (const key of left) await leaveUpload(key);
    await store.sweep("local/b1", "proofs");
    expect(await uploads()).toEqual(left.filter((key) => !key.includes("proofs")).sort());
    await store.sweep("local/b1");
    expect(await uploads()).toEqual(["local/b1/a1/rank-0/data.bin", "local/b10/x"]);
  });

  test("tells of a folder that holds nothing but an upload that was begun, unless it may not ask for those", async () => {
    await leaveUpload("all/17/rank-0/data.bin");
    await leaveUpload("first/1/rank-0/data.bin");
    await put(swift, bucket, "all/18/file", bytes("x"));
    expect((await store.folders("all")).sort()).toEqual(["17", "18"]);
    expect((await store.folders()).sort()).toEqual(["all", "first"]);
    const proxy = await FaultProxy.start(swift.url);
    const endpoint = `http://127.0.0.1:${proxy.port}`;
    const reader = new S3Store({ ...optionsFor(swift, bucket), endpoint, allowedEndpoints: [endpoint] });
    for (const [status, code] of [
      [403, "AccessDenied"],
      [501, "NotImplemented"],
    ] as const) {
      proxy.arm({ kind: "answer", text: s3Refusal(status, code) }, { on: /^GET \S*[?&]uploads/ });
      expect(await reader.folders("all")).toEqual(["18"]);
    }
    reader.close();
    await proxy.stop();
    await store.endUploads("first");
    expect(await store.folders()).toEqual(["all"]);
  });

  test("removes a folder with every upload that was begun below it", async () => {
    await Promise.all(Array.from({ length: 60 }, (_, at) => leaveUpload(`local/b1/a1/rank-0/part-${at}`)));
    await leaveUpload("local/b10/x");
    await put(swift, bucket, "local/b1/file", bytes("x"));
    expect(await store.removeAll("local/b1")).toBe(1);
    expect(await uploads()).toEqual(["local/b10/x"]);
    expect(await keys()).toEqual([]);
  });

  test("does not take the marks of folders, which consoles put there, for files, and removes them with the rest", async () => {
    await put(swift, bucket, "local/b1/", bytes(""));
    await put(swift, bucket, "local/b1/file", bytes("x"));
    const files: string[] = [];
    for await (const { path } of store.files("local")) files.push(path);
    expect(files).toEqual(["local/b1/file"]);
    expect(await store.removeAll("local")).toBe(1);
    expect(await keys()).toEqual([]);
  });

  test.each(["local/b1/../../escape", "local/b1//double", "local/b1/./dot", "local/b1/back\\slash", "local/b1/full/"])(
    "refuses to list %s, which somebody put there, and can remove it",
    async (key) => {
      await put(swift, bucket, key, bytes("from a stranger"));
      await expect(store.files("local").next()).rejects.toMatchObject({
        code: "store-unavailable",
        detail: expect.stringContaining("no path that a store may hold"),
      });
      await store.removeAll("local");
      expect(await keys()).toEqual([]);
    },
  );

  test("goes on without conditional writes where the server refuses them, and replaces nothing all the same", async () => {
    await store.publish("local/one", bytes("1"));
    await store.publish("local/two", bytes("2"));
    await expect(store.publish("local/one", bytes("3"))).rejects.toMatchObject({ code: "store-unavailable" });
  });

  test("does not hand out what is not what was published", async () => {
    await store.publish("local/manifest.json", bytes("signed"));
    const { Metadata: metadata } = await swift.client.send(
      new HeadObjectCommand({ Bucket: bucket, Key: "local/manifest.json" }),
    );
    await swift.client.send(
      new PutObjectCommand({ Bucket: bucket, Key: "local/manifest.json", Body: bytes("forged"), Metadata: metadata }),
    );
    await expect(store.read("local/manifest.json", 100)).rejects.toMatchObject({ code: "backup-unusable" });
  });

  test("digests in little memory while everything else goes on", async () => {
    const large = Buffer.alloc(96 * 1024 * 1024, "x");
    await put(swift, bucket, "local/large", large);
    const before = process.memoryUsage();
    let turns = 0;
    let peakBytes = 0;
    let isDone = false;
    const turn = () => {
      turns += 1;
      const { arrayBuffers } = process.memoryUsage();
      peakBytes = Math.max(peakBytes, arrayBuffers - before.arrayBuffers);
      if (!isDone) setImmediate(turn);
    };
    setImmediate(turn);
    const found = await store.digest("local/large", "sha256", new AbortController().signal);
    isDone = true;
    expect(found?.sizeBytes).toBe(large.length);
    expect(turns, "the event loop went round").toBeGreaterThan(100);
    expect(peakBytes).toBeLessThan(48 * 1024 * 1024);
  });
});

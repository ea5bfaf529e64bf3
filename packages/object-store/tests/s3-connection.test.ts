import { ListMultipartUploadsCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type CheckedConnection, testConnection } from "../src/s3/connection-test.ts";
import { judgeEndpoint } from "../src/s3/endpoint-policy.ts";
import { resolveEndpoint } from "../src/s3/guarded-lookup.ts";
import { S3Store } from "../src/s3/s3-store.ts";
import type { S3StoreOptions } from "../src/s3/s3-store-options.ts";
import { FaultProxy, s3Refusal } from "./fault-proxy.ts";
import { type SwiftServer, startSwift } from "./swift/swift-server.ts";

const HOUR_MS = 3_600_000;

let swift: SwiftServer;
let proxy: FaultProxy;
let options: S3StoreOptions;

beforeAll(async () => {
  swift = await startSwift();
  proxy = await FaultProxy.start(swift.url);
});
afterAll(async () => {
  await proxy.stop();
  await swift.stop();
});
beforeEach(async () => {
  const { accessKeyId, secretAccessKey } = swift;
  const endpoint = `http://127.0.0.1:${proxy.port}`;
  options = {
    endpoint,
    bucket: await swift.bucket(),
    prefix: "backups",
    addressing: "path",
    credentials: { accessKeyId, secretAccessKey },
    allowedEndpoints: [endpoint],
    timeouts: { connectMs: 3_000, answerMs: 5_000, callMs: 20_000 },
  };
});
afterEach(() => proxy.arm(undefined));

const okOf = (found: CheckedConnection[]) => found.map(({ check, isOk }) => `${check} ${isOk ? "ok" : "failed"}`);

async function assertNothingLeft(): Promise<void> {
  const { bucket: Bucket } = options;
  expect((await swift.client.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
  expect((await swift.client.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads ?? []).toEqual([]);
}

describe("A test of the connection", () => {
  test("tries everything that backups need, says so, and leaves nothing behind", async () => {
    expect(okOf(await testConnection(options, "sink"))).toEqual([
      "put ok",
      "get ok",
      "list ok",
      "multipart ok",
      "delete ok",
      "clock ok",
    ]);
    await assertNothingLeft();
  });

  test("of a source writes nothing", async () => {
    proxy.seen.length = 0;
    expect(okOf(await testConnection(options, "source"))).toEqual(["list ok", "get ok", "clock ok"]);
    expect(proxy.seen.filter((line) => !line.startsWith("GET "))).toEqual([]);
  });

  test.each<[string, RegExp, string[]]>([
    ["writing", /^PUT \S+\/file\?/, ["put", "get", "list"]],
    ["reading", /^GET \S+\/file\?/, ["get"]],
    ["listing", /list-type=2/, ["list", "delete"]],
    ["beginning an upload", /^POST \S+\?uploads/, ["multipart"]],
    ["uploading a part", /partNumber=1/, ["multipart"]],
    ["ending an upload", /^POST \S+uploadId=/, ["multipart"]],
  ])("tells that %s is not allowed, goes on with the others, and leaves nothing behind", async (_, on, failing) => {
    proxy.arm({ kind: "answer", text: s3Refusal(403, "AccessDenied") }, { on });
    const found = await testConnection(options, "sink");
    expect(found.filter(({ isOk }) => !isOk).map(({ check }) => check)).toEqual(failing);
    const [first] = found.filter(({ isOk }) => !isOk);
    expect(first?.detail).toContain("did not allow it with these credentials");
    expect(first?.hint).toBeTruthy();
    proxy.arm(undefined);
    await assertNothingLeft();
  });

  test("tells that what it wrote cannot be removed", async () => {
    proxy.arm({ kind: "answer", text: s3Refusal(403, "AccessDenied") }, { on: /^DELETE/ });
    const found = await testConnection(options, "sink");
    expect(found.filter(({ isOk }) => !isOk).map(({ check }) => check)).toEqual(["delete"]);
  });

  test("tells by how much the clocks differ", async () => {
    const ahead = await testConnection(options, "source", () => Date.now() - HOUR_MS);
    expect(ahead.at(-1)).toMatchObject({ check: "clock", isOk: false, detail: expect.stringMatching(/36\d\d|3599/) });
    const near = await testConnection(options, "source", () => Date.now() + 60_000);
    expect(near.at(-1)).toMatchObject({
      check: "clock",
      isOk: true,
      detail: expect.stringMatching(/are \d\d seconds apart/),
    });
  });

  test("of a server that is not there fails at each step, in its time", async () => {
    const free = await FaultProxy.start(swift.url);
    const endpoint = `http://127.0.0.1:${free.port}`;
    await free.stop();
    const found = await testConnection({ ...options, endpoint, allowedEndpoints: [endpoint] }, "sink");
    expect(found.filter(({ isOk }) => isOk)).toEqual([]);
    expect(found[0]?.detail).toContain("refused the connection");
  });

  test("of an endpoint that this server may not call asks nobody", async () => {
    proxy.seen.length = 0;
    await expect(testConnection({ ...options, allowedEndpoints: [] }, "sink")).rejects.toMatchObject({
      code: "not-supported",
    });
    expect(proxy.seen).toEqual([]);
  });
});

describe("An endpoint whose name", () => {
  const bytes = new TextEncoder().encode("x");

  function storeAt(addresses: string[], isListed: boolean): S3Store {
    const endpoint = `${isListed ? "http" : "https"}://s3.example.test:${proxy.port}`;
    const resolve = async () => addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
    return new S3Store({ ...options, endpoint, allowedEndpoints: isListed ? [endpoint] : [], resolve });
  }

  test.each([
    ["loopback", ["127.0.0.1"]],
    ["loopback over IPv6", ["::1"]],
    ["loopback in the clothes of IPv6", ["::ffff:127.0.0.1"]],
    ["a private network", ["10.1.2.3"]],
    ["a public address and a private one", ["93.184.215.14", "192.168.1.1"]],
    ["a metadata server", ["169.254.169.254"]],
    ["nothing", ["0.0.0.0"]],
  ])("stands for %s is not connected to", async (_, addresses) => {
    proxy.seen.length = 0;
    const store = storeAt(addresses, false);
    await expect(store.space()).rejects.toMatchObject({ code: "not-supported" });
    await expect(store.publish("local/file", bytes)).rejects.toMatchObject({ code: "not-supported" });
    await expect(store.read("local/file", 1)).rejects.toMatchObject({ code: "not-supported" });
    store.close();
    expect(proxy.seen).toEqual([]);
  });

  test("is listed in the configuration may stand for a private address, and never for a metadata server", async () => {
    const store = storeAt(["127.0.0.1"], true);
    await store.publish("local/file", bytes);
    expect(await store.read("local/file", 1)).toEqual(Buffer.from("x"));
    store.close();
    const lured = storeAt(["169.254.169.254"], true);
    await expect(lured.space()).rejects.toMatchObject({ code: "not-supported" });
    lured.close();
  });

  test("stands for something else a moment later is judged again by whoever connects", async () => {
    proxy.seen.length = 0;
    const endpoint = `https://s3.example.test:${proxy.port}`;
    const answers = ["93.184.215.14", "127.0.0.1"];
    const resolve = async () => [{ address: answers.shift() ?? "127.0.0.1", family: 4 }];
    // Whoever hands the endpoint to the engine asks first, and is told of a public address.
    expect(await resolveEndpoint(judgeEndpoint(endpoint, []), resolve)).toEqual([
      { address: "93.184.215.14", family: 4 },
    ]);
    const store = new S3Store({ ...options, endpoint, allowedEndpoints: [], resolve });
    await expect(store.space()).rejects.toMatchObject({ code: "not-supported" });
    expect(proxy.seen).toEqual([]);
    store.close();
  });

  test("has the bucket before it is judged the same, with every kind of request", async () => {
    const virtual = new S3Store({
      ...options,
      endpoint: `https://s3.example.test:${proxy.port}`,
      addressing: "virtual",
      allowedEndpoints: [],
      resolve: async (host) => [
        { address: host === `${options.bucket}.s3.example.test` ? "127.0.0.1" : "8.8.8.8", family: 4 },
      ],
    });
    // Large enough for what the SDK would otherwise send through a connection of its own.
    const large = new Uint8Array(3 * 1024 * 1024);
    await expect(virtual.space()).rejects.toMatchObject({ code: "not-supported" });
    await expect(virtual.publish("local/file", large)).rejects.toMatchObject({ code: "not-supported" });
    virtual.close();
  });
});

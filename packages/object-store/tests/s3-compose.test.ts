import { createHash, randomBytes } from "node:crypto";
import {
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { S3Store } from "../src/s3/s3-store.ts";
import { type Fault, httpAnswer, s3Refusal } from "./fault-proxy.ts";
import { failureOf } from "./swift/failure-of.ts";
import { type ProxiedSwift, startProxiedSwift } from "./swift/proxied-swift.ts";

const MIB = 1024 * 1024;
/** Short, so that the tests are; and still far longer than an answer takes on a busy machine. */
const TIMEOUTS = { connectMs: 2_000, answerMs: 2_000, callMs: 8_000 };
const sha256 = (contents: Uint8Array) => createHash("sha256").update(contents).digest("hex");
const small = randomBytes(70_000);
const large = randomBytes(12 * MIB);
const joined = Buffer.concat([small, large]);

let s3: ProxiedSwift;
let store: S3Store;
/** The same bucket, without the proxy. */
let direct: S3Store;

beforeAll(async () => {
  s3 = await startProxiedSwift();
});
afterAll(() => s3.stop());
beforeEach(async () => {
  await s3.begin();
  store = s3.storeWith({ timeouts: TIMEOUTS });
  direct = s3.storeWith({ endpoint: s3.swift.url });
  await direct.publish("b/small", small);
  await direct.publish("b/large", large);
  s3.proxy.seen.length = 0;
  s3.proxy.heads.length = 0;
});
afterEach(() => s3.end());

async function uploads(): Promise<string[]> {
  const { Uploads: begun = [] } = await s3.swift.client.send(new ListMultipartUploadsCommand({ Bucket: s3.bucket }));
  return begun.map(({ Key: key = "" }) => key);
}

/** What there is of a file that was put together: nothing, or all of it. */
async function contentsOf(path: string): Promise<string | undefined> {
  return (await direct.digest(path, "sha256", new AbortController().signal))?.digest;
}

const bodiesSent = () =>
  s3.proxy.heads
    .filter((head) => head.startsWith("PUT"))
    .reduce((sum, head) => sum + Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0), 0);

describe("What a bucket puts together", () => {
  test("goes through this server only where a source is too small to be a part", async () => {
    await store.compose("b/copy", large.length, ["b/large"]);
    expect(bodiesSent()).toBe(0);
    await store.compose("b/more", large.length + small.length, ["b/large", "b/small"]);
    expect(bodiesSent()).toBe(0);
    await store.compose("b/joined", joined.length, ["b/small", "b/large"]);
    expect(bodiesSent()).toBe(5 * MIB);
    expect(s3.proxy.heads.filter((head) => /^x-amz-copy-source: /im.test(head))).toHaveLength(4);
    expect(await contentsOf("b/copy")).toBe(sha256(large));
    expect(await contentsOf("b/joined")).toBe(sha256(joined));
    expect(await uploads()).toEqual([]);
  });

  test("keeps beside a copy what was written beside its source, so that readers go on comparing", async () => {
    await store.compose("b/copy", small.length, ["b/small"]);
    const found = await s3.swift.client.send(new GetObjectCommand({ Bucket: s3.bucket, Key: "b/copy" }));
    expect(found.Metadata?.["snapdeck-sha256"]).toBe(sha256(small));
    expect(await found.Body?.transformToByteArray()).toHaveLength(small.length);
    expect(sha256((await store.read("b/copy", MIB)) ?? Buffer.of())).toBe(sha256(small));
  });

  test("is a copy of what was written in parts, too", async () => {
    await store.compose("b/joined", joined.length, ["b/small", "b/large"]);
    await store.compose("b/copy", joined.length, ["b/joined"]);
    await store.compose("b/twice", joined.length * 2, ["b/joined", "b/copy"]);
    await store.removeAll("b/joined");
    await store.remove("b/joined");
    expect(await contentsOf("b/copy")).toBe(sha256(joined));
    expect(await contentsOf("b/twice")).toBe(sha256(Buffer.concat([joined, joined])));
  });

  test("is read and written by this server where the store copies nothing", async () => {
    s3.proxy.arm(
      { kind: "answer", text: s3Refusal(501, "NotImplemented") },
      { on: /^PUT .*x-id=(CopyObject|UploadPartCopy)/ },
    );
    await store.compose("b/copy", large.length, ["b/large"]);
    await store.compose("b/joined", joined.length, ["b/small", "b/large"]);
    expect(bodiesSent()).toBeGreaterThanOrEqual(large.length + joined.length);
    expect(await contentsOf("b/copy")).toBe(sha256(large));
    expect(await contentsOf("b/joined")).toBe(sha256(joined));
  });

  test("leaves no upload behind, its own or one of an attempt that was cut off", async () => {
    const left = { Bucket: s3.bucket, Key: "b/joined" };
    for (const Key of ["b/joined", "b/joined.other"]) {
      const { UploadId } = await s3.swift.client.send(new CreateMultipartUploadCommand({ ...left, Key }));
      await s3.swift.client.send(new UploadPartCommand({ ...left, Key, UploadId, PartNumber: 1, Body: "half" }));
    }
    s3.proxy.arm({ kind: "answer", text: s3Refusal(503, "SlowDown") }, { on: /^PUT .*partNumber=2/ });
    await failureOf(store.compose("b/joined", joined.length, ["b/small", "b/large"]));
    expect(await uploads()).toEqual(["b/joined.other"]);
    expect(await contentsOf("b/joined")).toBeUndefined();
    s3.proxy.arm(undefined);
    await store.compose("b/joined", joined.length, ["b/small", "b/large"]);
    expect(await contentsOf("b/joined")).toBe(sha256(joined));
  });
});

const LASTING: [title: string, fault: Fault][] = [
  ["answers nothing at all", { kind: "black-hole" }],
  ["loses every answer", { kind: "lost-answer" }],
  ["answers 503 to everything", { kind: "answer", text: s3Refusal(503, "SlowDown") }],
  ["answers 500 in words that are not S3's", { kind: "answer", text: httpAnswer(500, "<html>no!") }],
  ["is full", { kind: "answer", text: s3Refusal(507, "InsufficientStorage") }],
  ["says yes and then no", { kind: "answer", text: s3Refusal(200, "InternalError") }],
  ["cuts its answers", { kind: "shorten", toBytes: 60 }],
];

describe("A store that", () => {
  test.each(LASTING)("%s while files are put together ends it in one error or in all of it", async (_, fault) => {
    s3.proxy.arm(fault, { on: /^(?:PUT|POST)/ });
    const wanted: [string, Uint8Array, string[]][] = [
      ["b/copy", large, ["b/large"]],
      ["b/twice", Buffer.concat([small, small]), ["b/small", "b/small"]],
    ];
    // A part that is sent is waited for as long as a slow line needs, three times.
    if (fault.kind !== "black-hole") wanted.push(["b/joined", joined, ["b/small", "b/large"]]);
    await Promise.all(
      wanted.map(async ([path, contents, from]) => {
        const outcome = await store.compose(path, contents.length, from).then(
          () => "made",
          () => "failed",
        );
        const found = await contentsOf(path);
        if (outcome === "made") expect(found, path).toBe(sha256(contents));
        else expect([undefined, sha256(contents)], path).toContain(found);
      }),
    );
    s3.proxy.arm(undefined);
    for (const [path, contents, from] of wanted) {
      await store.compose(path, contents.length, from);
      expect(await contentsOf(path), path).toBe(sha256(contents));
    }
  });

  test.each<[string, Fault]>([
    ["cuts connections", { kind: "reset", afterBytes: 0 }],
    ["gets half a request", { kind: "cut-request", afterBytes: 700 }],
    ["answers 503", { kind: "answer", text: s3Refusal(503, "SlowDown") }],
    ["loses answers", { kind: "lost-answer" }],
  ])("%s now and then is asked again, and nobody notices", async (_, fault) => {
    s3.proxy.arm(fault, { on: /^PUT/, times: 2 });
    await store.compose("b/copy", large.length, ["b/large"]);
    s3.proxy.arm(fault, { on: /^PUT/, times: 2 });
    await store.compose("b/joined", joined.length, ["b/small", "b/large"]);
    expect(await contentsOf("b/copy")).toBe(sha256(large));
    expect(await contentsOf("b/joined")).toBe(sha256(joined));
  });
});

import { createHash, randomBytes } from "node:crypto";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { S3Store } from "../src/s3/s3-store.ts";
import { type Fault, FaultProxy, s3Refusal } from "./fault-proxy.ts";
import { type SwiftServer, startSwift } from "./swift/swift-server.ts";

const MIB = 1024 * 1024;
/** Short, so that the tests are; and still far longer than an answer takes on a busy machine. */
const TIMEOUTS = { connectMs: 2_000, answerMs: 2_000, callMs: 8_000 };
/** What a call may take beyond its time on a busy machine, in milliseconds. */
const SLACK_MS = 4_000;
/** What a body of 2 MiB is given on top. */
const S3_SPAN_MS = 3 * 8_192;

const never = () => new AbortController().signal;
const sha256 = (contents: Uint8Array) => createHash("sha256").update(contents).digest("hex");
const contents = randomBytes(2 * MIB);
const published = randomBytes(300_000);

let swift: SwiftServer;
let proxy: FaultProxy;
let store: S3Store;
/** The same bucket, without the proxy. */
let direct: S3Store;

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
  const bucket = await swift.bucket();
  const through = `http://127.0.0.1:${proxy.port}`;
  const common = { bucket, addressing: "path", credentials: { accessKeyId, secretAccessKey } } as const;
  store = new S3Store({
    ...common,
    endpoint: through,
    allowedEndpoints: [through],
    timeouts: TIMEOUTS,
    pageEntries: 3,
  });
  direct = new S3Store({ ...common, endpoint: swift.url, allowedEndpoints: [swift.url] });
  for (let at = 0; at < 7; at += 1) {
    await swift.client.send(new PutObjectCommand({ Bucket: bucket, Key: `local/b1/f${at}`, Body: `file ${at}` }));
  }
  await swift.client.send(new PutObjectCommand({ Bucket: bucket, Key: "local/large", Body: contents }));
});
afterEach(() => {
  proxy.arm(undefined);
  store.close();
  direct.close();
});

async function filesOf(from: S3Store, prefix: string): Promise<string[]> {
  const files: string[] = [];
  for await (const { path, sizeBytes } of from.files(prefix)) files.push(`${path} ${sizeBytes}`);
  return files.sort();
}

const ALL_FILES = [
  ...Array.from({ length: 7 }, (_, at) => `local/b1/f${at} 6`),
  `local/large ${contents.length}`,
].sort();

/** Every call of the port, and what it answers when nothing is in its way. */
const CALLS: Record<string, { ask: () => Promise<unknown>; answer: unknown }> = {
  space: { ask: () => store.space(), answer: undefined },
  folders: { ask: () => store.folders("local"), answer: ["b1"] },
  files: { ask: () => filesOf(store, "local"), answer: ALL_FILES },
  read: {
    ask: async () => sha256((await store.read("local/large", 4 * MIB)) ?? Buffer.of()),
    answer: sha256(contents),
  },
  digest: {
    ask: () => store.digest("local/large", "sha256", never()),
    answer: { sizeBytes: contents.length, digest: sha256(contents) },
  },
  sync: { ask: () => store.sync("local"), answer: undefined },
  sweep: { ask: () => store.sweep("local/b1"), answer: undefined },
  publish: { ask: () => store.publish("new/manifest.json", published), answer: undefined },
  remove: { ask: () => store.remove("local/none"), answer: undefined },
  removeAll: { ask: () => store.removeAll("none"), answer: 0 },
};

/** What is there of a publication that failed: nothing, or all of it. */
async function assertNothingHalf(): Promise<void> {
  for (const file of await filesOf(direct, "new")) {
    expect(file).toBe(`new/manifest.json ${published.length}`);
    expect((await direct.digest("new/manifest.json", "sha256", never()))?.digest).toBe(sha256(published));
  }
}

const LASTING: [title: string, fault: Fault, sayingOneOf: RegExp][] = [
  ["answers nothing at all", { kind: "black-hole" }, /did not answer in time|took too long/],
  ["cuts every connection before it answers", { kind: "reset", afterBytes: 0 }, /cut the connection|not S3's/],
  ["loses every answer", { kind: "lost-answer" }, /cut the connection/],
  ["answers 503 to everything", { kind: "answer", text: s3Refusal(503, "SlowDown") }, /too much to do|answered 503/],
  [
    "answers 500 in words that are not S3's",
    { kind: "answer", text: "HTTP/1.1 500 Oh\r\nContent-Length: 9\r\n\r\n<html>no!" },
    /answered 500/,
  ],
  ["speaks something that is not HTTP", { kind: "answer", text: "SSH-2.0-OpenSSH_9.2p1\r\n" }, /failed|not S3's/],
];

describe("A store that", () => {
  test.each(LASTING)("%s makes each call end in one error that says so, in its time", async (_, fault, saying) => {
    proxy.arm(fault);
    const begun = performance.now();
    const outcomes = await Promise.all(
      Object.entries(CALLS).map(async ([name, { ask }]) => {
        const outcome = await ask().then(
          (value) => ({ value }),
          (thrown: unknown) => ({ thrown }),
        );
        return { name, outcome, tookMs: performance.now() - begun };
      }),
    );
    for (const { name, outcome, tookMs } of outcomes) {
      if (!("thrown" in outcome) || !(outcome.thrown instanceof SnapdeckError))
        throw new Error(`${name}: ${JSON.stringify(outcome)}`);
      expect(outcome.thrown.code, name).toBe("store-unavailable");
      expect(outcome.thrown.detail, name).toMatch(saying);
      expect(outcome.thrown.hint, name).toBeTruthy();
      expect(tookMs, name).toBeLessThan(TIMEOUTS.callMs + SLACK_MS);
    }
    await assertNothingHalf();
  });

  test.each<[string, Fault]>([
    ["resets a connection in the middle of an answer", { kind: "reset", afterBytes: 100 }],
    ["resets a connection at the end of an answer", { kind: "reset", afterBytes: 1_000_000 }],
    ["closes a connection in the middle of an answer", { kind: "cut", afterBytes: 100 }],
    ["announces more than comes", { kind: "wrong-length", byBytes: 1_000 }],
    ["tells only the beginning, and that it is all,", { kind: "shorten", toBytes: 100 }],
    ["lets answers drip", { kind: "slow", bytesPerSecond: 200 }],
  ])("%s makes each call end in its answer or in one error, in its time", async (_, fault) => {
    proxy.arm(fault);
    const begun = performance.now();
    await Promise.all(
      Object.entries(CALLS).map(async ([name, { ask, answer }]) => {
        try {
          const value = await ask();
          // A digest of fewer bytes tells their number, which is not what the manifest says.
          if (name === "digest" && fault.kind === "shorten") expect(value).toMatchObject({ sizeBytes: fault.toBytes });
          else if (name === "read" && fault.kind === "shorten") expect(value).not.toBe(answer);
          else expect(value, name).toEqual(answer);
        } catch (thrown) {
          if (!(thrown instanceof SnapdeckError)) throw thrown;
          expect(thrown.code, name).toBe("store-unavailable");
        }
        expect(performance.now() - begun, name).toBeLessThan(TIMEOUTS.callMs + SLACK_MS + S3_SPAN_MS);
      }),
    );
    await assertNothingHalf();
  });

  test.each<[string, Fault]>([
    ["cuts a connection once", { kind: "reset", afterBytes: 0 }],
    ["answers 503 once", { kind: "answer", text: s3Refusal(503, "SlowDown") }],
    ["answers nothing once", { kind: "black-hole" }],
    ["loses an answer once", { kind: "lost-answer" }],
  ])("%s is asked again, and nobody notices", async (_, fault) => {
    for (const [name, { ask, answer }] of Object.entries(CALLS)) {
      proxy.arm(fault, { times: 1 });
      expect(await ask(), name).toEqual(answer);
    }
    await assertNothingHalf();
    expect(await filesOf(direct, "new")).toHaveLength(1);
  });
});

import { createHash, randomBytes } from "node:crypto";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { S3Store } from "../src/s3/s3-store.ts";
import { type Fault, FaultProxy, httpAnswer, s3Refusal } from "./fault-proxy.ts";
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
  ["loses every answer", { kind: "lost-answer" }, /cut the connection/],
  ["answers 503 to everything", { kind: "answer", text: s3Refusal(503, "SlowDown") }, /too much to do|answered 503/],
  ["answers 500 in words that are not S3's", { kind: "answer", text: httpAnswer(500, "<html>no!") }, /answered 500/],
  ["speaks something that is not HTTP", { kind: "answer", text: "SSH-2.0-OpenSSH_9.2p1\r\n" }, /not HTTP/],
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
    ["resets a connection after the head of an answer", { kind: "reset", afterBytes: 0 }],
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
    ["cuts connections now and then", { kind: "reset", afterBytes: 0 }],
    ["gets half a request now and then", { kind: "cut-request", afterBytes: 700 }],
    ["answers 503 now and then", { kind: "answer", text: s3Refusal(503, "SlowDown") }],
    ["answers nothing now and then", { kind: "black-hole" }],
    ["loses answers now and then", { kind: "lost-answer" }],
  ])("%s is asked again, and nobody notices", async (_, fault) => {
    // Two at most hit the same request, which is asked three times.
    proxy.arm(fault, { times: 2 });
    for (const { value, expected, name } of await Promise.all(
      Object.entries(CALLS).map(async ([name, { ask, answer }]) => ({ name, value: await ask(), expected: answer })),
    )) {
      expect(value, name).toEqual(expected);
    }
    await assertNothingHalf();
    expect(await filesOf(direct, "new")).toHaveLength(1);
  });
});

describe("A publication", () => {
  test.each([
    ["in its head", 200],
    ["before its contents", 1_000],
    ["in its contents", 150_000],
    ["before its last byte", 300_000],
  ])("whose request is cut %s every time leaves nothing, and says so", async (_, afterBytes) => {
    proxy.arm({ kind: "cut-request", afterBytes }, { on: /^PUT/ });
    await expect(store.publish("new/manifest.json", published)).rejects.toMatchObject({
      code: "store-unavailable",
      detail: expect.stringMatching(
        /cut the connection while writing new\/manifest.json; it may be there all the same$/,
      ),
    });
    proxy.arm(undefined);
    expect(await filesOf(store, "new")).toEqual([]);
    await store.publish("new/manifest.json", published);
  });

  test.each([false, true])(
    "is known to be made although every answer was lost (conditional writes: %s)",
    async (conditionalPuts) => {
      const other = conditionalPuts ? await startSwift({ conditionalPuts }) : undefined;
      const way = other === undefined ? proxy : await FaultProxy.start(other.url);
      const through = `http://127.0.0.1:${way.port}`;
      const { accessKeyId, secretAccessKey } = other ?? swift;
      const bucket = await (other ?? swift).bucket();
      const one = new S3Store({
        endpoint: through,
        bucket,
        addressing: "path",
        credentials: { accessKeyId, secretAccessKey },
        allowedEndpoints: [through],
        timeouts: TIMEOUTS,
      });
      try {
        // The first answer tells that conditions are not known; from there on each PUT is made and none is confirmed.
        if (!conditionalPuts) await one.publish("local/other", published);
        way.arm({ kind: "lost-answer" }, { on: /^PUT/ });
        await one.publish("local/manifest.json", published);
        way.arm(undefined);
        expect(sha256((await one.read("local/manifest.json", MIB)) ?? Buffer.of())).toBe(sha256(published));
        way.arm({ kind: "lost-answer" }, { on: /^PUT/ });
        await expect(one.publish("local/manifest.json", contents)).rejects.toMatchObject({ code: "store-unavailable" });
        way.arm(undefined);
        expect(await filesOf(one, "local")).toContain(`local/manifest.json ${published.length}`);
      } finally {
        one.close();
        if (way !== proxy) await way.stop();
        await other?.stop();
      }
    },
  );
});

describe("Reading", () => {
  test("what was published and arrives shortened says that it is not what was published", async () => {
    await store.publish("local/manifest.json", published);
    proxy.arm({ kind: "shorten", toBytes: 1_000 }, { on: /^GET/ });
    await expect(store.read("local/manifest.json", MIB)).rejects.toMatchObject({ code: "backup-unusable" });
    proxy.arm({ kind: "shorten", toBytes: 1_000 }, { on: /^GET/, times: 1 });
    expect(sha256((await store.read("local/manifest.json", MIB)) ?? Buffer.of())).toBe(sha256(published));
  });

  test("goes on where a connection broke, and asks for nothing twice", async () => {
    proxy.seen.length = 0;
    proxy.arm({ kind: "cut", afterBytes: 700_000 }, { on: /^GET/, times: 2 });
    const heard: number[] = [];
    const found = await store.digest("local/large", "sha256", never(), (read) => heard.push(read));
    expect(found).toEqual({ sizeBytes: contents.length, digest: sha256(contents) });
    expect(heard.reduce((sum, read) => sum + read, 0)).toBe(contents.length);
    expect(proxy.seen).toHaveLength(3);
  });

  test("does not put two versions of an object together", async () => {
    proxy.arm({ kind: "cut", afterBytes: 700_000 }, { on: /^GET/, times: 1 });
    const replace = once(async () => {
      await direct.remove("local/large");
      await direct.publish("local/large", randomBytes(contents.length));
    });
    const digest = store.digest("local/large", "sha256", never(), (read) => read > 0 && void replace());
    const outcome = await digest.then(
      (value) => ({ value }),
      (thrown: unknown) => ({ thrown }),
    );
    if ("value" in outcome) expect(outcome.value?.digest).toBe(sha256(contents));
    else expect(outcome.thrown).toMatchObject({ code: "store-unavailable" });
  });

  test("takes its time on a slow line that goes on, and ends at once when it is told to", async () => {
    proxy.arm({ kind: "slow", bytesPerSecond: 600_000 }, { on: /^GET/ });
    expect(await store.digest("local/large", "sha256", never())).toMatchObject({ digest: sha256(contents) });
    proxy.arm({ kind: "slow", bytesPerSecond: 1_000 }, { on: /^GET/ });
    const stop = new AbortController();
    const begun = performance.now();
    const digest = store.digest("local/large", "sha256", stop.signal, (read) => read > 0 && stop.abort());
    const thrown = await digest.catch((reason: unknown) => reason);
    expect(thrown).toBe(stop.signal.reason);
    expect(performance.now() - begun).toBeLessThan(TIMEOUTS.answerMs);
  });
});

function once(work: () => Promise<void>): () => Promise<void> {
  let begun: Promise<void> | undefined;
  return () => {
    begun ??= work();
    return begun;
  };
}

import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { S3Encryption } from "../src/s3/s3-store-options.ts";
import { FaultProxy, s3Refusal } from "./fault-proxy.ts";
import { failureOf } from "./swift/failure-of.ts";
import { type ProxiedSwift, startProxiedSwift } from "./swift/proxied-swift.ts";

let world: ProxiedSwift;

beforeAll(async () => {
  world = await startProxiedSwift();
});
afterAll(() => world.stop());
beforeEach(() => world.begin());
afterEach(() => world.end());

describe("Through TLS", () => {
  let scratch: string;
  let secure: FaultProxy;

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), "snapdeck-tls-"));
    const [key, cert] = [join(scratch, "key.pem"), join(scratch, "cert.pem")];
    const made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-days", "2"];
    execFileSync("openssl", [...made, "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert], {
      stdio: "ignore",
    });
    secure = await FaultProxy.start(world.swift.url, {
      key: await readFile(key, "utf8"),
      cert: await readFile(cert, "utf8"),
    });
  });
  afterAll(async () => {
    await secure.stop();
    await rm(scratch, { recursive: true, force: true });
  });

  test("a certificate that nobody vouches for is refused, unless it is not to be checked", async () => {
    const endpoint = `https://127.0.0.1:${secure.port}`;
    const failure = await failureOf(world.storeWith({ endpoint }).space());
    expect(failure.detail).toMatch(/certificate that is not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\)/);
    const trusting = world.storeWith({ endpoint, verifiesTls: false });
    await trusting.publish("local/file", new TextEncoder().encode("x"));
    expect((await trusting.read("local/file", 1))?.length).toBe(1);
  });

  test("a server that speaks none says so", async () => {
    const plain = createServer().listen(0, "127.0.0.1");
    await once(plain, "listening");
    const address = plain.address();
    if (address === null || typeof address === "string") throw new Error("the server does not listen");
    try {
      const failure = await failureOf(world.storeWith({ endpoint: `https://127.0.0.1:${address.port}` }).space());
      expect(failure.detail).toMatch(/does not speak TLS/);
    } finally {
      plain.close();
    }
  });
});

describe("The environment of the server", () => {
  const VARIABLES = ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_REGION", "AWS_PROFILE", "AWS_ACCESS_KEY_ID"];

  test("changes nothing of where a store is and who asks", async () => {
    const before = VARIABLES.map((name) => [name, process.env[name]] as const);
    for (const name of VARIABLES) process.env[name] = name.includes("URL") ? "http://127.0.0.1:9" : "elsewhere";
    try {
      const store = world.storeWith();
      await store.publish("local/file", new TextEncoder().encode("x"));
      expect(await store.folders("local")).toEqual([]);
    } finally {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
  });
});

describe("Encryption by the server", () => {
  const KEY = Buffer.alloc(32, 7).toString("base64");

  test.each<[S3Encryption, RegExp[]]>([
    [{ type: "AES256" }, [/x-amz-server-side-encryption: AES256/]],
    [{ type: "aws:kms" }, [/x-amz-server-side-encryption: aws:kms/]],
    [
      { type: "aws:kms", keyId: "key-1" },
      [/encryption: aws:kms/, /x-amz-server-side-encryption-aws-kms-key-id: key-1/],
    ],
    [{ type: "aws:kms:dsse", keyId: "key-1" }, [/encryption: aws:kms:dsse/, /aws-kms-key-id: key-1/]],
    [
      { type: "customer", keyBase64: KEY },
      [/customer-algorithm: AES256/, /customer-key: Bwc/, /customer-key-md5: \S{24}/i],
    ],
  ])("%j is asked for with each object that is written", async (encryption, headers) => {
    // Swift has none of them: it is enough to see what it is asked for.
    world.proxy.arm({ kind: "answer", text: s3Refusal(404, "NoSuchKey") });
    const store = world.storeWith({ encryption });
    await failureOf(store.publish("local/file", new TextEncoder().encode("x")));
    const [head] = world.proxy.heads.filter((each) => each.startsWith("PUT")).slice(-1);
    for (const header of headers) expect(head).toMatch(header);
  });

  test("with a customer's key sends it with each reading too, and nothing else is sent there", async () => {
    const store = world.storeWith({ encryption: { type: "customer", keyBase64: KEY } });
    await store.read("local/file", 1).catch(() => undefined);
    expect(world.proxy.heads.at(-1)).toMatch(/^GET.*customer-key: Bwc/s);
    const other = world.storeWith({ encryption: { type: "AES256" } });
    await other.read("local/file", 1);
    expect(world.proxy.heads.at(-1)).not.toContain("encryption");
  });
});

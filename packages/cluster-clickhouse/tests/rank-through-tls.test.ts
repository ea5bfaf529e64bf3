import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { RankEndpoints } from "@snapdeck/contract/host";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { RankClient } from "../src/rank-client.ts";
import { EmbeddedHost } from "./embedded-host.ts";
import { TlsFront } from "./tls-front.ts";

let host: EmbeddedHost;
let front: TlsFront;
let endpoint: RankEndpoints[number];

beforeAll(async () => {
  host = await EmbeddedHost.start();
  await host.run(
    "CREATE DATABASE a",
    "CREATE TABLE a.t (n UInt64, s String) ENGINE = MergeTree ORDER BY n",
    "INSERT INTO a.t SELECT number, toString(number % 7) FROM numbers(100000)",
  );
  const [plain] = await host.host.endpoints();
  if (plain === undefined) throw new Error("there is no rank");
  front = await TlsFront.start(plain.url);
  endpoint = { ...plain, url: front.url };
});
afterAll(async () => {
  await front.stop();
  await host[Symbol.asyncDispose]();
});

/** What the program says of a server that it is led to, in a process that trusts these certificates beside the usual ones. */
async function remotely(caFile: string): Promise<unknown> {
  const child = spawn(process.execPath, ["--import", "tsx", join(import.meta.dirname, "through-tls.ts")], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: caFile },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const { storeRoot, backupRoot } = host;
  child.stdin.end(JSON.stringify({ endpoints: [endpoint], storeRoot, backupRoot }));
  return JSON.parse(await text(child.stdout));
}

const failureOf = async (changes: Partial<RankEndpoints[number]>) => {
  const client = new RankClient({ ...endpoint, ...changes });
  const outcome = await client.rows("asking", z.unknown(), "SELECT 1").catch((thrown: unknown) => thrown);
  await client.close();
  return outcome;
};

describe("A server that nobody starts and stops for us, behind TLS", () => {
  test("is backed up, verified and restored where the process trusts who signed its certificate", async () => {
    expect(await remotely(front.caFile)).toEqual({ state: "running", rows: 100_000, isEqual: true });
  });

  test("is not spoken to where nobody vouches for its certificate, and what to do is told", async () => {
    expect(await failureOf({})).toMatchObject({
      code: "cluster-unreachable",
      detail: expect.stringContaining("DEPTH_ZERO_SELF_SIGNED_CERT"),
      hint: expect.stringContaining("NODE_EXTRA_CA_CERTS"),
    });
  });

  test("says that user or password are wrong, and neither is repeated", async () => {
    const [plain] = await host.host.endpoints();
    for (const wrong of [{ password: "wrong-päss:word" }, { username: "nobody-known" }]) {
      const failure = await failureOf({ url: plain?.url ?? "", ...wrong });
      expect(failure).toMatchObject({ code: "engine-failed", hint: expect.stringMatching(/password/) });
      expect(String(failure)).not.toContain("wrong-päss");
    }
  });
});

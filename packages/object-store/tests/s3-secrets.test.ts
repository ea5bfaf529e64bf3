import { inspect } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { httpAnswer, s3Refusal } from "./fault-proxy.ts";
import { callsOf, failureOf } from "./swift/failure-of.ts";
import { type ProxiedSwift, startProxiedSwift } from "./swift/proxied-swift.ts";

let world: ProxiedSwift;

beforeAll(async () => {
  world = await startProxiedSwift();
});
afterAll(() => world.stop());
beforeEach(() => world.begin());
afterEach(() => world.end());

describe("No failure tells", () => {
  const canaries = {
    accessKeyId: "AKIACANARYCANARY0001",
    secretAccessKey: "canary/secret+key/with=signs",
    sessionToken: "canary-session-token//==",
  };
  const keyId = "arn:aws:kms:eu-west-1:123456789012:key/canary-key";
  const echo = Object.values(canaries).join(" ");
  const more = [
    `<AWSAccessKeyId>${canaries.accessKeyId}</AWSAccessKeyId>`,
    `<StringToSign>AWS4-HMAC-SHA256 ${echo}</StringToSign>`,
    `<CanonicalRequest>${echo}</CanonicalRequest>`,
    `<SignatureProvided>canary-signature</SignatureProvided>`,
  ].join("");

  test.each<[string, string]>([
    ["that echoes the request", s3Refusal(403, "SignatureDoesNotMatch", more)],
    ["that has a key for its name", s3Refusal(403, canaries.accessKeyId, more)],
    ["that has a key for its number", s3Refusal(500, "InternalError", more).replaceAll("r-1", canaries.accessKeyId)],
    ["that has a secret in its head", s3Refusal(400, "Odd", more, [`x-amz-request-id: ${canaries.secretAccessKey}`])],
    ["in words of its own", httpAnswer(418, `I know ${echo}`)],
    ["that is no HTTP", `${echo}\r\n\r\n`],
  ])("a key, a secret or a signature after an answer %s", async (_, text) => {
    world.proxy.arm({ kind: "answer", text });
    const store = world.storeWith({ credentials: canaries, encryption: { type: "aws:kms", keyId } });
    const said: string[] = [store.name];
    for (const failure of await Promise.all(callsOf(store).map(failureOf))) {
      said.push(inspect(failure, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true }));
      for (let each: unknown = failure; each instanceof Error; each = each.cause)
        said.push(String(each.stack), JSON.stringify(each));
    }
    for (const canary of [...Object.values(canaries), keyId, "canary"]) {
      expect(said.filter((each) => each.includes(canary))).toEqual([]);
    }
  });

  test("anything of the store's secrets when it is looked at", () => {
    const store = world.storeWith({ credentials: canaries });
    const seen = inspect(store, { depth: 2 }) + JSON.stringify(store);
    for (const canary of Object.values(canaries)) expect(seen).not.toContain(canary);
  });
});

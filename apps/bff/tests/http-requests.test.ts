import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Browser } from "./world/browser.ts";
import { startWorld, type World } from "./world/start-world.ts";

const CLUSTER = "/api/clusters/local";

let world: World;
let admin: Browser;

beforeAll(async () => {
  world = await startWorld();
  admin = await world.signedIn("admin", "ada");
});

afterAll(() => world.stop());

describe("A request that is wrong", () => {
  const restores = `${CLUSTER}/restores`;
  const cases = [
    { name: "malformed JSON", ask: { raw: '{"planId":' }, path: restores, status: 400, code: "bad-request" },
    {
      name: "an unknown field",
      ask: { body: { planId: randomUUID(), clusterName: "local", force: true } },
      path: restores,
      status: 400,
      code: "bad-request",
    },
    {
      name: "a missing field",
      ask: { body: { planId: randomUUID() } },
      path: restores,
      status: 400,
      code: "bad-request",
    },
    {
      name: "a reason for restoring a suspect backup that says nothing",
      ask: { body: { planId: randomUUID(), clusterName: "local", suspectReason: "  because    " } },
      path: restores,
      status: 400,
      code: "bad-request",
    },
    {
      name: "a verification at the level that every backup has",
      ask: { body: { level: "L1" } },
      path: `${CLUSTER}/backups/b1/verifications`,
      status: 400,
      code: "bad-request",
    },
    {
      name: "an undo of what is no job",
      ask: { body: { clusterName: "local" } },
      path: `${CLUSTER}/restores/latest/undo`,
      status: 400,
      code: "bad-request",
    },
    { name: "a body that is no object", ask: { raw: "7" }, path: restores, status: 400, code: "bad-request" },
    {
      name: "a field that would change how objects work",
      ask: { raw: `{"planId":"${randomUUID()}","clusterName":"local","__proto__":{"role":"admin"}}` },
      path: restores,
      status: 400,
      code: "bad-request",
    },
    {
      name: "65 KiB of body",
      ask: { body: { x: "y".repeat(65 * 1024) } },
      path: restores,
      status: 413,
      code: "body-too-large",
    },
    {
      name: "a body that is not JSON by its type",
      ask: { raw: "a=b", headers: { "content-type": "application/x-www-form-urlencoded" } },
      path: restores,
      status: 415,
      code: "media-type",
    },
    {
      name: "JSON that claims to be plain text, which a foreign form could send",
      ask: { raw: "{}", headers: { "content-type": "text/plain" } },
      path: `${CLUSTER}/suspend`,
      status: 415,
      code: "media-type",
    },
    {
      name: "a compressed body",
      ask: { raw: "{}", headers: { "content-encoding": "gzip" } },
      path: `${CLUSTER}/suspend`,
      status: 415,
      code: "media-type",
    },
    { name: "no body where one is needed", ask: {}, path: `${CLUSTER}/suspend`, status: 415, code: "media-type" },
    { name: "an unknown address", ask: { body: {} }, path: "/api/nothing", status: 404, code: "route-not-found" },
    { name: "a slash too many", ask: { body: {} }, path: `${CLUSTER}/suspend/`, status: 404, code: "route-not-found" },
    {
      name: "a bad cluster id",
      ask: { body: {} },
      path: "/api/clusters/..%2F..%2Fetc/suspend",
      status: 400,
      code: "bad-request",
    },
    {
      name: "an address that cannot be decoded",
      ask: { body: {} },
      path: "/api/clusters/%E0%A4%A/suspend",
      status: 400,
      code: "bad-request",
    },
    {
      name: "an unknown cluster",
      ask: { body: {} },
      path: "/api/clusters/other/suspend",
      status: 404,
      code: "cluster-not-found",
    },
    {
      name: "an Idempotency-Key that is too long",
      ask: { body: {}, headers: { "idempotency-key": "k".repeat(201) } },
      path: `${CLUSTER}/suspend`,
      status: 400,
      code: "bad-request",
    },
  ];
  test.each(cases)("is refused as problem+json: $name", async ({ ask, path, status, code }) => {
    const answer = await admin.ask("POST", path, ask);
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect(answer.problem()).toMatchObject({ status, code, type: `/problems/${code}` });
    expect(answer.status).toBe(status);
    expect(answer.headers["x-request-id"]).toBe(answer.problem().requestId);
  });

  const reads = [
    { name: "a job id that is no uuid", path: `${CLUSTER}/jobs/7` },
    { name: "a limit beyond the highest", path: `${CLUSTER}/jobs?limit=1000` },
    { name: "the same parameter twice", path: `${CLUSTER}/jobs?limit=1&limit=2` },
    { name: "an unknown parameter", path: `${CLUSTER}/jobs?offset=3` },
    { name: "an unknown sort", path: `${CLUSTER}/backups?sort=random` },
  ];
  test.each(reads)("is refused when it reads: $name", async ({ path }) => {
    const answer = await admin.ask("GET", path);
    expect(answer.problem()).toMatchObject({ status: 400, code: "bad-request" });
  });

  test("names the field that does not fit and repeats nothing of what was sent", async () => {
    const body = { planId: "s3cret-value", clusterName: "local" };
    const { text } = await admin.ask("POST", `${CLUSTER}/restores`, { body });
    expect(text).toContain("body.planId");
    expect(text).not.toContain("s3cret-value");
  });

  test("is told which methods the address takes", async () => {
    const answer = await admin.ask("PUT", `${CLUSTER}/backups`, { body: {} });
    expect(answer.problem()).toMatchObject({ status: 405, code: "method-not-allowed" });
    expect(answer.headers.allow).toBe("GET, POST, HEAD");
  });

  test("may not bring a body where none is taken", async () => {
    const answer = await admin.ask("DELETE", `${CLUSTER}/backups/b1`, { body: { force: true } });
    expect(answer.problem().code).toBe("bad-request");
  });
});

describe("A request that is right", () => {
  test("is answered as the contract's table says, and is stored by nobody on the way", async () => {
    const answer = await admin.ask("GET", `${CLUSTER}/backups`);
    expect(answer.status).toBe(200);
    expect(answer.json()).toMatchObject({ total: 1, next: null });
    expect(answer.headers["cache-control"]).toBe("no-store");
  });

  test("passes its Idempotency-Key, and who asks from where, to the service", async () => {
    const answer = await admin.ask("POST", `${CLUSTER}/backups`, { body: {}, headers: { "idempotency-key": "once" } });
    expect(answer.status).toBe(202);
    expect(world.cluster.asked.at(-1)).toMatchObject({
      what: "backup",
      idempotencyKey: "once",
      actor: { username: "ada", role: "admin", origin: "127.0.0.1", requestId: answer.headers["x-request-id"] },
    });
  });

  test("is refused by the service in the service's own words, with the job that stands in the way", async () => {
    const body = { planId: randomUUID(), clusterName: "local" };
    const problem = (await admin.ask("POST", `${CLUSTER}/restores`, { body })).problem();
    expect(problem).toMatchObject({ status: 409, code: "cluster-not-suspended", hint: "Suspend the cluster first." });
    expect(problem.jobId).toBeDefined();
  });
});

describe("An error that nobody foresaw", () => {
  test("tells the caller nothing but where to look, and the log everything but secrets", async () => {
    world.cluster.inventoryFails = new Error("cannot reach http://root:hunter2@10.0.0.7 with password=hunter3");
    const answer = await admin.ask("GET", `${CLUSTER}/inventory`);
    world.cluster.inventoryFails = undefined;
    expect(answer.problem()).toEqual({
      type: "/problems/internal",
      title: "Unexpected error",
      status: 500,
      code: "internal",
      retryable: false,
      requestId: answer.headers["x-request-id"],
    });
    const entry = world.logged.find((line) => line.msg === "unexpected error");
    expect(entry).toMatchObject({ requestId: answer.headers["x-request-id"] });
    expect(JSON.stringify(entry)).toContain("cannot reach http://[redacted]@10.0.0.7 with password=[redacted]");
    expect(JSON.stringify(world.logged)).not.toContain("hunter");
  });

  test("is what a reply that does not fit the contract is", async () => {
    world.cluster.spoilNextView = true;
    const answer = await admin.ask("GET", CLUSTER);
    expect(answer.problem().code).toBe("internal");
  });
});

describe("Health", () => {
  test("is alive as long as the process answers", async () => {
    expect((await admin.ask("GET", "/healthz", { headers: { host: "10.1.2.3" } })).status).toBe(200);
  });

  test("is ready only when everything answers, and names what does not", async () => {
    expect((await admin.ask("GET", "/readyz")).status).toBe(200);
    world.ready.waitingFor.push("cluster local");
    const answer = await admin.ask("GET", "/readyz");
    world.ready.waitingFor.pop();
    expect(answer.status).toBe(503);
    expect(answer.json()).toEqual({ ready: false, waitingFor: ["cluster local"] });
  });
});

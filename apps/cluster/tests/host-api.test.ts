import { request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TestCluster } from "./host-cluster.ts";
import type { SpawnedHost } from "./spawn-host.ts";

let cluster: TestCluster;
let host: SpawnedHost;
beforeAll(async () => {
  cluster = await TestCluster.make(1);
  host = await cluster.start();
});
afterAll(() => cluster.end());

const SOME_ID = "6f1d8f0e-58f7-4d8c-9d53-6b0f2b0b7f10";

describe("the API of the host manager", () => {
  it("answers a ping without a token and nothing else", async () => {
    expect((await host.request("GET", "/v1/ping", undefined, { authorization: "" })).status).toBe(204);
    for (const path of ["/v1/status", "/v1/endpoints", "/v1/nothing", `/v1/restores/${SOME_ID}`]) {
      const problem = await host.refused("GET", path, undefined, { authorization: "" });
      expect(problem).toMatchObject({ status: 401, code: "not-signed-in" });
    }
  });

  it.each(["Bearer wrong", "Bearer ", "Basic abc", ""])("refuses the authorization %j", async (authorization) => {
    const answer = await host.request("POST", "/v1/suspend", cluster.order(), { authorization });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(await host.status()).toMatchObject({ state: "running" });
  });

  it("refuses a call that was made under another name", async () => {
    const status = await new Promise((resolve, reject) => {
      const call = request(`${host.ready.url}/v1/status`, {
        headers: { host: "evil.example", authorization: `Bearer ${host.token}` },
      });
      call.on("response", (response) => resolve(response.statusCode)).on("error", reject);
      call.end();
    });
    expect(status).toBe(403);
  });

  it("says in a problem what is wrong with a request", async () => {
    const order = cluster.order();
    expect(await host.refused("GET", "/v1/nothing")).toMatchObject({ status: 404, code: "route-not-found" });
    expect(await host.refused("DELETE", "/v1/status")).toMatchObject({ status: 405, code: "method-not-allowed" });
    expect(await host.refused("POST", "/v1/suspend")).toMatchObject({ status: 400, code: "bad-request" });
    expect(await host.refused("POST", "/v1/suspend", "{")).toMatchObject({ status: 400, code: "bad-request" });
    expect(await host.refused("POST", "/v1/suspend", { ...order, force: true })).toMatchObject({ status: 400 });
    expect(await host.refused("POST", "/v1/suspend", { ...order, fencingToken: -1 })).toMatchObject({ status: 400 });
    expect(await host.refused("POST", "/v1/suspend", "x=1", { "content-type": "text/plain" })).toMatchObject({
      status: 415,
      code: "media-type",
    });
    expect(await host.refused("POST", "/v1/suspend", "x".repeat(70_000))).toMatchObject({
      status: 413,
      code: "body-too-large",
    });
    expect(await host.refused("GET", "/v1/restores/..%2f..")).toMatchObject({ status: 400, code: "bad-request" });
    expect(await host.refused("GET", `/v1/restores/${SOME_ID}`)).toMatchObject({ status: 404, code: "job-not-found" });
    expect(await host.status()).toMatchObject({ state: "running" });
  });

  it("answers what is not HTTP with a problem too", async () => {
    const socket = connect(Number(new URL(host.ready.url).port), "127.0.0.1");
    socket.write("HELLO\r\n\r\n");
    expect(await text(socket)).toMatch(/^HTTP\/1.1 400 [\s\S]*application\/problem\+json[\s\S]*"code":"bad-request"/);
  });

  it("writes no secret to its log", async () => {
    const [rank] = await host.endpoints();
    expect(host.logText()).not.toContain(host.token);
    expect(host.logText()).not.toContain(rank!.password);
  });
});

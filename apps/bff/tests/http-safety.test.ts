import { CSRF_HEADER } from "@snapdeck/contract/session";
import { describe, expect, test } from "vitest";
import { startWorld } from "./world/start-world.ts";

const SUSPEND = "/api/clusters/local/suspend";

describe("A change that another site made a browser send", () => {
  const foreign = [
    { name: "its origin", headers: { origin: "https://evil.example" } },
    { name: "no origin that can be named", headers: { origin: "null" } },
    { name: "what the browser says of the site", headers: { "sec-fetch-site": "cross-site" } },
    { name: "a page of the same site on another port", headers: { "sec-fetch-site": "same-site" } },
    { name: "the missing CSRF token", headers: { [CSRF_HEADER]: undefined } },
    { name: "a wrong CSRF token", headers: { [CSRF_HEADER]: "x".repeat(43) } },
  ];
  test.each(foreign)("is refused by $name, and nothing happens", async ({ headers }) => {
    await using world = await startWorld();
    const operator = await world.signedIn("operator");
    const answer = await operator.ask("POST", SUSPEND, { body: {}, headers });
    expect(answer.problem()).toMatchObject({ status: 403, code: "cross-site" });
    expect(world.cluster.asked).toEqual([]);
  });

  test("cannot sign a browser in as somebody else", async () => {
    await using world = await startWorld();
    await world.addUser("mallory", "viewer");
    const answer = await world.browser().ask("POST", "/api/session", {
      body: { username: "mallory", password: "correct horse battery" },
      headers: { origin: "https://evil.example" },
    });
    expect(answer.problem().code).toBe("cross-site");
    expect(answer.headers["set-cookie"]).toBeUndefined();
  });

  test("is not what a program with a session and a token sends, though it names no origin", async () => {
    await using world = await startWorld();
    const operator = await world.signedIn("operator");
    const headers = { origin: undefined, "sec-fetch-site": undefined };
    expect((await operator.ask("POST", SUSPEND, { body: {}, headers })).status).toBe(202);
  });
});

describe("A host name that was made to point here", () => {
  test("is not answered, neither by the API nor by the page", async () => {
    await using world = await startWorld();
    const browser = world.browser();
    for (const path of ["/api/session", "/", "/api/openapi.json"]) {
      const answer = await browser.ask("GET", path, { headers: { host: "evil.example:8000" } });
      expect(answer.problem().code).toBe("cross-site");
    }
  });

  test("is not one of ours: localhost and 127.0.0.1 are", async () => {
    await using world = await startWorld();
    const { port } = new URL(world.url);
    const answer = await world.browser().ask("GET", "/api/session", { headers: { host: `localhost:${port}` } });
    expect(answer.status).toBe(200);
  });

  test("is everything but the public origin, where one is named", async () => {
    await using world = await startWorld({ config: { publicOrigin: "https://snapdeck.example" } });
    expect(world.url).toBe("https://snapdeck.example");
  });
});

describe("What browsers are told", () => {
  test("is to run no script but ours, to be framed by nobody and to leak no address", async () => {
    await using world = await startWorld();
    const { headers } = await world.browser().ask("GET", "/api/session");
    const policy = String(headers["content-security-policy"]);
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain(`connect-src 'self' ${world.url.replace("http", "ws")}`);
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["referrer-policy"]).toBe("no-referrer");
    expect(headers["x-powered-by"]).toBeUndefined();
    expect(headers["strict-transport-security"]).toBeUndefined();
  });
});

describe("Someone who asks too often", () => {
  test("waits before the next change", async () => {
    await using world = await startWorld({ config: { limits: { changesPerMinute: 3 } } });
    const operator = await world.signedIn("operator");
    const other = await world.signedIn("operator");
    for (let asked = 0; asked < 3; asked += 1) {
      expect((await operator.ask("POST", SUSPEND, { body: {} })).status).toBe(202);
    }
    const refused = await operator.ask("POST", SUSPEND, { body: {} });
    expect(refused.problem()).toMatchObject({ status: 429, code: "too-many-requests", retryable: true });
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    expect((await other.ask("POST", SUSPEND, { body: {} })).status).toBe(202);
  });

  test("waits before the next reading", async () => {
    await using world = await startWorld({ config: { limits: { readsPerSecond: 1 } } });
    const viewer = await world.signedIn("viewer");
    const statuses = await Promise.all(
      Array.from({ length: 12 }, async () => (await viewer.ask("GET", "/api/clusters")).status),
    );
    expect(statuses.filter((status) => status === 429)).toHaveLength(2);
  });
});

import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import type { Browser } from "./world/browser.ts";
import { LiveClient } from "./world/live-client.ts";
import { PASSWORD, startWorld } from "./world/start-world.ts";

describe("A live connection", () => {
  const refused = [
    { name: "without a sign-in", headers: { cookie: undefined }, status: 401 },
    { name: "with a cookie that is no session", headers: { cookie: `snapdeck-1=${"x".repeat(43)}` }, status: 401 },
    { name: "from another site", headers: { origin: "https://evil.example" }, status: 403 },
    { name: "from nowhere", headers: { origin: undefined }, status: 403 },
    { name: "under a name that was made to point here", headers: { host: "evil.example" }, status: 403 },
    { name: "at another address", headers: {}, path: "/api/other", status: 404 },
  ];
  test.each(refused)("is refused $name", async ({ headers, path, status }) => {
    await using world = await startWorld();
    const browser = await world.signedIn("viewer");
    expect(await LiveClient.open(browser, headers, path)).toBe(status);
  });

  test("that was refused holds nothing open, even when its caller never closes", async () => {
    const world = await startWorld();
    const { hostname, port } = new URL(world.url);
    const caller = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    caller.on("error", () => undefined);
    const ended = new Promise((resolve) => caller.once("end", resolve));
    caller.resume();
    caller.write(
      "GET /api/other HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n",
    );
    await ended;
    await world.stop();
    caller.destroy();
  });

  test("says every few seconds that it lives", async () => {
    await using world = await startWorld();
    const client = await LiveClient.of(await world.signedIn("viewer"));
    await client.until((told) => told.of("beat").length >= 2);
  });

  test("is closed as going away when the server stops", async () => {
    const world = await startWorld();
    const client = await LiveClient.of(await world.signedIn("viewer"));
    await world.stop();
    expect(await client.closed).toBe(1001);
  });
});

describe("Who is signed out", () => {
  const ends: { name: string; end: (admin: Browser, viewer: Browser, userId: string) => Promise<unknown> }[] = [
    { name: "signs out", end: (_admin, viewer) => viewer.ask("DELETE", "/api/session") },
    { name: "signs in anew", end: (_admin, viewer) => viewer.signIn("vera", PASSWORD) },
    {
      name: "is given another role",
      end: (admin, _viewer, userId) => admin.ask("PATCH", `/api/users/${userId}`, { body: { role: "operator" } }),
    },
    { name: "is removed", end: (admin, _viewer, userId) => admin.ask("DELETE", `/api/users/${userId}`) },
  ];
  test.each(ends)("is told nothing more at once: $name", async ({ end }) => {
    await using world = await startWorld();
    const admin = await world.signedIn("admin");
    const viewer = await world.signedIn("viewer", "vera");
    const client = await LiveClient.of(viewer);
    await end(admin, viewer, (await world.users.byName("vera"))?.id ?? "");
    expect(await client.closed).toBe(4401);
  });

  test("is told nothing more within a beat when the session runs out, though the page was watching", async () => {
    await using world = await startWorld();
    const client = await LiveClient.of(await world.signedIn("viewer"));
    world.clock.pass(60 * 60_000);
    expect(await client.closed).toBe(4401);
  });

  test("may not follow any more, even before anybody noticed", async () => {
    await using world = await startWorld();
    const client = await LiveClient.of(await world.signedIn("viewer"));
    for (const tokenHash of [...world.sessions.rows.keys()]) await world.sessions.delete(tokenHash);
    client.follow(0);
    expect(await client.closed).toBe(4401);
  });
});

describe("Whoever asks for too much on a live connection", () => {
  test("is told what is wrong with a message, and goes on", async () => {
    await using world = await startWorld();
    const client = await LiveClient.of(await world.signedIn("viewer"));
    for (const text of ["{", "7", '{"type":"follow"}', '{"type":"unfollow","clusterId":"local","more":1}']) {
      client.socket.send(text);
    }
    client.socket.send(Buffer.from([1, 2, 3]));
    client.say({ type: "follow", clusterId: "other", since: 0 } as never);
    await client.until((told) => told.of("problem").length === 6);
    expect(client.of("problem").map(({ problem }) => problem.code)).toEqual([
      "bad-request",
      "bad-request",
      "bad-request",
      "bad-request",
      "bad-request",
      "cluster-not-found",
    ]);
    client.follow(0);
    await client.until((told) => told.of("following").length === 1);
  });

  test("is closed for more than twenty messages a second", async () => {
    await using world = await startWorld();
    const client = await LiveClient.of(await world.signedIn("viewer"));
    for (let said = 0; said < 40; said += 1) client.follow(0);
    expect(await client.closed).toBe(4429);
  });

  test("is closed for a message of more than 16 KiB", async () => {
    await using world = await startWorld();
    const client = await LiveClient.of(await world.signedIn("viewer"));
    client.socket.send("x".repeat(17 * 1024));
    expect(await client.closed).toBe(1009);
  });

  test("has ten connections and no eleventh, and another user has ten more", async () => {
    await using world = await startWorld();
    const browser = await world.signedIn("viewer");
    const clients = await Promise.all(Array.from({ length: 10 }, () => LiveClient.of(browser)));
    const eleventh = await LiveClient.of(browser);
    expect(await eleventh.closed).toBe(4429);
    const other = await LiveClient.of(await world.signedIn("viewer"));
    await other.until((told) => told.of("beat").length > 0);
    await clients[0]?.close();
    const opens = async () => {
      const client = await LiveClient.of(browser);
      const beats = client.until((told) => told.of("beat").length > 0).then(() => true);
      return Promise.race([beats, client.closed.then(() => false)]);
    };
    await expect.poll(opens).toBe(true);
  });
});

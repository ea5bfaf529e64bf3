import { Session, User } from "@snapdeck/contract/session";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Browser } from "./world/browser.ts";
import { PASSWORD, startWorld } from "./world/start-world.ts";

const MINUTE_MS = 60_000;

async function sessionOf(browser: Browser): Promise<Session> {
  return Session.parse((await browser.ask("GET", "/api/session")).json());
}

function tokenOf(setupUrl: string | undefined): string {
  return new URL(setupUrl ?? "").hash.replace("#token=", "");
}

describe("The first start", () => {
  test("hands out a link that makes the first admin and signs in", async () => {
    await using world = await startWorld();
    const browser = world.browser();
    expect(await sessionOf(browser)).toEqual({ signedIn: false, setupNeeded: true });
    const answer = await browser.setUp(tokenOf(world.setupUrl), "ada", PASSWORD);
    expect(answer.status).toBe(201);
    expect(await sessionOf(browser)).toMatchObject({ signedIn: true, user: { username: "ada", role: "admin" } });
    expect(world.audit.entries.map(({ act }) => act)).toEqual(["user.set-up"]);
  });

  test("does not carry the token where a proxy or a log would see it", async () => {
    await using world = await startWorld();
    const { pathname, search, hash } = new URL(world.setupUrl ?? "");
    expect({ pathname, search }).toEqual({ pathname: "/setup", search: "" });
    expect(hash).toMatch(/^#token=[A-Za-z0-9_-]{43}$/);
  });

  test("accepts no other token, and the right one only once", async () => {
    await using world = await startWorld();
    const browser = world.browser();
    expect((await browser.setUp("guess", "mallory", PASSWORD)).problem().code).toBe("setup-link-invalid");
    expect(world.audit.entries).toMatchObject([{ act: "user.set-up", result: "refused: setup-link-invalid" }]);
    await browser.setUp(tokenOf(world.setupUrl), "ada", PASSWORD);
    const again = await world.browser().setUp(tokenOf(world.setupUrl), "mallory", PASSWORD);
    expect(again.problem()).toMatchObject({ status: 409, code: "setup-done" });
  });

  test("makes one admin when two set up at the same moment", async () => {
    await using world = await startWorld();
    const token = tokenOf(world.setupUrl);
    const answers = await Promise.all(["ada", "bob"].map((name) => world.browser().setUp(token, name, PASSWORD)));
    expect(answers.map(({ status }) => status).filter((status) => status === 201)).toHaveLength(1);
    expect(await world.users.count()).toBe(1);
  });

  test("asks for a password of at least twelve characters", async () => {
    await using world = await startWorld();
    const answer = await world.browser().setUp(tokenOf(world.setupUrl), "ada", "short");
    expect(answer.problem()).toMatchObject({ status: 400, code: "bad-request" });
  });
});

describe("Signing in", () => {
  test("gives a cookie that no script can read, and a name only its hash is stored of", async () => {
    await using world = await startWorld();
    await world.addUser("ada", "viewer");
    const browser = world.browser();
    const answer = await browser.signIn("ADA", PASSWORD);
    expect(String(answer.headers["set-cookie"])).toMatch(/=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    const token = browser.cookie?.split("=")[1] ?? "";
    expect(JSON.stringify([...world.sessions.rows])).not.toContain(token);
    expect(world.audit.entries.at(-1)).toMatchObject({ actor: "ada", act: "session.sign-in", result: "signed in" });
  });

  test("says the same whether the name or the password is wrong, and both are in the audit trail", async () => {
    await using world = await startWorld();
    await world.addUser("ada", "viewer");
    const wrongPassword = (await world.browser().signIn("ada", "wrong")).problem();
    const wrongName = (await world.browser().signIn("eve", "wrong")).problem();
    expect({ ...wrongName, requestId: "" }).toEqual({ ...wrongPassword, requestId: "" });
    expect(world.audit.entries.map(({ actor, result }) => ({ actor, result }))).toEqual([
      { actor: "ada", result: "refused: wrong-credentials" },
      { actor: "eve", result: "refused: wrong-credentials" },
    ]);
  });

  test("keeps out of the audit trail what was typed as a name and cannot be one", async () => {
    await using world = await startWorld();
    await world.browser().signIn("My secret pass phrase!", "x");
    expect(world.audit.entries).toMatchObject([{ actor: "(no user name)", target: "(no user name)" }]);
  });

  test("is slowed down after five wrong passwords, also for the right one", async () => {
    await using world = await startWorld({ config: { limits: { signInsPerMinute: 5 } } });
    await world.addUser("ada", "viewer");
    for (let tries = 0; tries < 5; tries += 1) await world.browser().signIn("ada", "wrong");
    expect((await world.browser().signIn("ada", PASSWORD)).problem().code).toBe("too-many-requests");
    world.clock.pass(MINUTE_MS);
    expect((await world.browser().signIn("ada", PASSWORD)).status).toBe(201);
  });

  test("is slowed down by address, however many names are tried", async () => {
    await using world = await startWorld({ config: { limits: { signInsPerMinuteOfAddress: 3 } } });
    const statuses: number[] = [];
    for (const name of ["a", "b", "c", "d"]) statuses.push((await world.browser().signIn(name, "wrong")).status);
    expect(statuses).toEqual([401, 401, 401, 429]);
  });

  test("ends the session that the browser came with", async () => {
    await using world = await startWorld();
    const browser = await world.signedIn("viewer", "ada");
    const before = browser.cookie;
    await browser.signIn("ada", PASSWORD);
    expect(browser.cookie).not.toBe(before);
    expect(world.sessions.rows.size).toBe(1);
    browser.cookie = before;
    expect(await sessionOf(browser)).toMatchObject({ signedIn: false });
  });
});

describe("A session", () => {
  test("ends when it was not used for an hour", async () => {
    await using world = await startWorld();
    const browser = await world.signedIn("viewer");
    world.clock.pass(59 * MINUTE_MS);
    expect(await sessionOf(browser)).toMatchObject({ signedIn: true });
    world.clock.pass(59 * MINUTE_MS);
    expect(await sessionOf(browser)).toMatchObject({ signedIn: true });
    world.clock.pass(60 * MINUTE_MS);
    expect(await sessionOf(browser)).toEqual({ signedIn: false, setupNeeded: false });
    expect(world.sessions.rows.size).toBe(0);
  });

  test("ends after a shift however much it is used", async () => {
    await using world = await startWorld();
    const browser = await world.signedIn("viewer");
    for (let halfHours = 0; halfHours < 23; halfHours += 1) {
      world.clock.pass(30 * MINUTE_MS);
      expect(await sessionOf(browser)).toMatchObject({ signedIn: true });
    }
    world.clock.pass(30 * MINUTE_MS);
    expect(await sessionOf(browser)).toMatchObject({ signedIn: false });
  });

  test("is written to the store at most once a minute however much it is used", async () => {
    await using world = await startWorld();
    const browser = await world.signedIn("viewer");
    for (let asked = 0; asked < 20; asked += 1) await sessionOf(browser);
    expect(world.sessions.touches()).toBe(0);
    world.clock.pass(MINUTE_MS);
    for (let asked = 0; asked < 20; asked += 1) await sessionOf(browser);
    expect(world.sessions.touches()).toBe(1);
  });

  test("is gone after sign-out, on the server too", async () => {
    await using world = await startWorld();
    const browser = await world.signedIn("viewer");
    const { cookie } = browser;
    expect((await browser.ask("DELETE", "/api/session")).status).toBe(204);
    browser.cookie = cookie;
    expect(await sessionOf(browser)).toMatchObject({ signedIn: false });
  });

  test("is not lengthened by a wrong password typed again", async () => {
    await using world = await startWorld();
    const browser = await world.signedIn("admin");
    world.clock.pass(11 * MINUTE_MS);
    const answer = await browser.ask("POST", "/api/session/confirmation", { body: { password: "wrong" } });
    expect(answer.problem().code).toBe("wrong-credentials");
    expect((await browser.ask("DELETE", "/api/clusters/local/backups/b1")).problem().code).toBe("sign-in-too-old");
  });
});

describe("Users", () => {
  test("are made, changed and removed by an admin, and each act is in the audit trail", async () => {
    await using world = await startWorld();
    const admin = await world.signedIn("admin", "ada");
    const made = await admin.ask("POST", "/api/users", {
      body: { username: "bob", password: PASSWORD, role: "viewer" },
    });
    const { id } = User.parse(made.json());
    expect(made.text).not.toContain("scrypt");
    await admin.ask("PATCH", `/api/users/${id}`, { body: { role: "operator" } });
    expect((await admin.ask("DELETE", `/api/users/${id}`)).status).toBe(204);
    const acts = world.audit.entries
      .filter(({ actor }) => actor === "ada")
      .map(({ act, target, result }) => [act, target, result]);
    expect(acts.slice(1)).toEqual([
      ["user.create", "bob", "made as viewer"],
      ["user.change", "bob", "changed role operator"],
      ["user.delete", "bob", "removed"],
    ]);
    expect(JSON.stringify(world.audit.entries)).not.toContain(PASSWORD);
  });

  const changes = [
    { name: "the role", body: { role: "operator" } },
    { name: "the password", body: { password: "another long password" } },
  ];
  test.each(changes)("are signed out everywhere when $name changes", async ({ body }) => {
    await using world = await startWorld();
    const admin = await world.signedIn("admin");
    const bob = await world.signedIn("viewer", "bob");
    const user = await world.users.byName("bob");
    expect((await admin.ask("PATCH", `/api/users/${user?.id}`, { body })).status).toBe(200);
    expect(await sessionOf(bob)).toMatchObject({ signedIn: false });
  });

  test("cannot be left without an admin", async () => {
    await using world = await startWorld();
    const admin = await world.signedIn("admin", "ada");
    const user = await world.users.byName("ada");
    expect((await admin.ask("DELETE", `/api/users/${user?.id}`)).problem().code).toBe("last-admin");
    expect(await sessionOf(admin)).toMatchObject({ signedIn: true });
  });

  test("are listed without anything that a password could be guessed from", async () => {
    await using world = await startWorld();
    const admin = await world.signedIn("admin", "ada");
    const answer = await admin.ask("GET", "/api/users");
    expect(z.object({ items: z.array(z.strictObject(User.shape)) }).parse(answer.json()).items).toHaveLength(1);
  });
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startWorld, type World } from "./world/start-world.ts";

const SQL = "/api/clusters/local/sql";

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

describe("SQL over HTTP", () => {
  test("passes on who asks, and the key under which the script may be sent again", async () => {
    const viewer = await world.signedIn("viewer", "vera");
    const answer = await viewer.ask("POST", SQL, {
      body: { sql: "SHOW BACKUP * DATA SOURCE = s" },
      headers: { "idempotency-key": "a-key" },
    });
    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual({ results: [{ kind: "done", statement: "SHOW BACKUP * DATA SOURCE = s" }] });
    expect(world.cluster.asked.at(-1)).toMatchObject({
      actor: { username: "vera", role: "viewer" },
      idempotencyKey: "a-key",
    });
  });

  test("takes scripts of 262,144 characters in any language, and no longer ones", async () => {
    const admin = await world.signedIn("admin");
    const longest = "語".repeat(262_144);
    expect((await admin.ask("POST", SQL, { body: { sql: longest } })).status).toBe(200);
    expect((await admin.ask("POST", SQL, { body: { sql: `${longest}x` } })).problem()).toMatchObject({
      code: "bad-request",
    });
    expect((await admin.ask("POST", SQL, { body: { sql: longest.repeat(2) } })).problem()).toMatchObject({
      code: "body-too-large",
    });
    expect((await admin.ask("POST", SQL, { body: { sql: "" } })).problem()).toMatchObject({ code: "bad-request" });
  });

  test("tells a statement that needs it that the password was typed too long ago", async () => {
    const admin = await world.signedIn("admin");
    world.clock.pass(11 * 60_000);
    const answer = await admin.ask("POST", SQL, { body: { sql: "SELECT 1" } });
    expect(answer.problem()).toMatchObject({ status: 403, code: "sign-in-too-old" });
  });

  test("knows clusters by their ids only", async () => {
    const admin = await world.signedIn("admin");
    const answer = await admin.ask("POST", "/api/clusters/other/sql", { body: { sql: "SELECT 1" } });
    expect(answer.problem()).toMatchObject({ status: 404, code: "cluster-not-found" });
  });
});

import { randomUUID } from "node:crypto";
import { ROLES, type Role, roleIncludes } from "@snapdeck/contract/role";
import { routes } from "@snapdeck/contract/routes";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Browser } from "./world/browser.ts";
import { startWorld, type World } from "./world/start-world.ts";

let world: World;
const browsers = new Map<Role, Browser>();

beforeAll(async () => {
  world = await startWorld();
  for (const role of ROLES) browsers.set(role, await world.signedIn(role, `the-${role}`));
});

afterAll(() => world.stop());

function addressOf(path: string): string {
  return `/api${path}`
    .replace(":clusterId", "local")
    .replace(":backupId", "b1")
    .replace(/:(jobId|userId|restoreId)/, randomUUID());
}

const guarded = Object.entries(routes).flatMap(([name, route]) =>
  route.role === "anyone" ? [] : [{ name, ...route }],
);

describe("Every address that needs a role", () => {
  test.each(guarded)("$name is closed to those who are not signed in", async ({ method, path, body }) => {
    const ask = body === undefined ? {} : { body: {} };
    const answer = await world.browser().ask(method, addressOf(path), ask);
    expect(answer.problem()).toMatchObject({ status: 401, code: "not-signed-in" });
  });

  const denied = guarded.flatMap(({ name, method, path, body, role }) =>
    ROLES.filter((held) => !roleIncludes(held, role)).map((held) => ({ name, method, path, body, role, held })),
  );
  test.each(denied)(
    "$name is refused to a $held, naming the role $role",
    async ({ name, method, path, body, role, held }) => {
      const ask = body === undefined ? {} : { body: {} };
      const answer = await browsers.get(held)!.ask(method, addressOf(path), ask);
      expect(answer.problem()).toMatchObject({ status: 403, code: "role-needed" });
      expect(answer.problem().detail).toContain(`needs the role ${role}`);
      expect(world.audit.entries.at(-1)).toMatchObject({
        actor: `the-${held}`,
        act: "access.denied",
        target: name,
        requestId: answer.headers["x-request-id"],
      });
    },
  );
});

describe("What cannot be undone", () => {
  const fresh = guarded.filter((route) => "fresh" in route);

  test("is restore, what ends its undo, delete and every change of users", () => {
    const names = fresh.map(({ name }) => name);
    expect(names.sort()).toEqual([
      "changeUser",
      "createUser",
      "deleteBackup",
      "deleteUser",
      "keepRestored",
      "startRestore",
      "undoRestore",
    ]);
  });

  test.each(fresh)("$name asks for the password again after ten minutes", async ({ method, path, body }) => {
    const admin = await world.signedIn("admin");
    const ask = body === undefined ? {} : { body: {} };
    world.clock.pass(10 * 60_000 + 1);
    const answer = await admin.ask(method, addressOf(path), ask);
    expect(answer.problem()).toMatchObject({ status: 403, code: "sign-in-too-old" });
    await admin.ask("POST", "/api/session/confirmation", { body: { password: "correct horse battery" } });
    expect((await admin.ask(method, addressOf(path), ask)).text).not.toContain("sign-in-too-old");
  });
});

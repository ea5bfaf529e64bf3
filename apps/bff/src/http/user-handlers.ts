import type { UserId } from "@snapdeck/contract/scalars";
import type { User } from "@snapdeck/contract/session";
import type { Clock } from "@snapdeck/core/clock";
import type { PasswordHasher } from "../auth/password-hasher.ts";
import type { Sessions } from "../auth/sessions.ts";
import type { Services } from "../services.ts";
import type { Handlers, SignedInCall } from "./handlers.ts";

export type UserDependencies = {
  readonly services: Pick<Services, "users" | "audit">;
  readonly sessions: Sessions;
  readonly hasher: PasswordHasher;
  readonly clock: Clock;
  readonly newUserId: () => UserId;
};

type UserHandlers = Pick<Handlers, "listUsers" | "createUser" | "changeUser" | "deleteUser" | "listAudit">;

/** Users, and the trail of what they did. */
export function userHandlers(dependencies: UserDependencies): UserHandlers {
  const { services, sessions, hasher, clock } = dependencies;
  const { users, audit } = services;

  const record = ({ actor }: SignedInCall, act: string, target: string, result: string) =>
    audit.append({ actor: actor.username, origin: actor.origin, act, target, result, requestId: actor.requestId });

  return {
    async listUsers() {
      return { items: await users.list() };
    },

    async createUser({ body: { username, password, role } }, call) {
      const user: User = { id: dependencies.newUserId(), username, role, createdAt: clock() };
      await users.create({ ...user, passwordHash: await hasher.hash(password) });
      await record(call, "user.create", username, `made as ${role}`);
      return user;
    },

    async changeUser({ params: { userId }, body: { role, password } }, call) {
      const change = {
        ...(role === undefined ? {} : { role }),
        ...(password === undefined ? {} : { passwordHash: await hasher.hash(password) }),
      };
      const user = await users.change(userId, change);
      await sessions.endOfUser(userId);
      const what = [role === undefined ? [] : [`role ${role}`], password === undefined ? [] : ["password"]].flat();
      await record(
        call,
        "user.change",
        user.username,
        what.length === 0 ? "nothing changed" : `changed ${what.join(", ")}`,
      );
      return user;
    },

    async deleteUser({ params: { userId } }, call) {
      const user = await users.byId(userId);
      await users.delete(userId);
      await sessions.endOfUser(userId);
      await record(call, "user.delete", user?.username ?? userId, "removed");
      return undefined;
    },

    async listAudit({ query: { limit, before } }) {
      return audit.page(limit, before);
    },
  };
}

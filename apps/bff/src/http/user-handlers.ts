import type { UserId } from "@snapdeck/contract/scalars";
import type { User } from "@snapdeck/contract/session";
import type { Clock } from "@snapdeck/core/clock";
import type { PasswordHasher } from "../auth/password-hasher.ts";
import type { Sessions } from "../auth/sessions.ts";
import type { AuditNote, Services } from "../services.ts";
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

  const noteOf = ({ actor }: SignedInCall, act: string, target: string, result: string): AuditNote => ({
    actor: actor.username,
    origin: actor.origin,
    act,
    target,
    result,
    requestId: actor.requestId,
  });
  const nameOf = async (id: UserId) => (await users.byId(id))?.username ?? id;

  return {
    async listUsers() {
      return { items: await users.list() };
    },

    async createUser({ body: { username, password, role } }, call) {
      const user: User = { id: dependencies.newUserId(), username, role, createdAt: clock() };
      const note = noteOf(call, "user.create", username, `made as ${role}`);
      await users.create({ ...user, passwordHash: await hasher.hash(password) }, note);
      return user;
    },

    async changeUser({ params: { userId }, body: { role, password } }, call) {
      const change = {
        ...(role === undefined ? {} : { role }),
        ...(password === undefined ? {} : { passwordHash: await hasher.hash(password) }),
      };
      const what = [role === undefined ? [] : [`role ${role}`], password === undefined ? [] : ["password"]].flat();
      const result = what.length === 0 ? "nothing changed" : `changed ${what.join(", ")}`;
      const user = await users.change(userId, change, noteOf(call, "user.change", await nameOf(userId), result));
      await sessions.endOfUser(userId);
      return user;
    },

    async deleteUser({ params: { userId } }, call) {
      await users.delete(userId, noteOf(call, "user.delete", await nameOf(userId), "removed"));
      await sessions.endOfUser(userId);
      return undefined;
    },

    async listAudit({ query: { limit, before } }) {
      return audit.page(limit, before);
    },
  };
}

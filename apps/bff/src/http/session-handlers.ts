import type { Body } from "@snapdeck/contract/routes";
import type { UserId } from "@snapdeck/contract/scalars";
import { type User, Username } from "@snapdeck/contract/session";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Clock } from "@snapdeck/core/clock";
import type { PasswordHasher } from "../auth/password-hasher.ts";
import type { SessionCookie } from "../auth/session-cookie.ts";
import { type Sessions, sessionOf } from "../auth/sessions.ts";
import type { SetupLink } from "../auth/setup-link.ts";
import type { SignInThrottle } from "../auth/sign-in-throttle.ts";
import { wrongCredentials } from "../auth/wrong-credentials.ts";
import type { AuditNote, Services, StoredUser } from "../services.ts";
import type { Call, Handlers } from "./handlers.ts";

export type SessionDependencies = {
  readonly services: Pick<Services, "users" | "audit">;
  readonly sessions: Sessions;
  readonly cookie: SessionCookie;
  readonly hasher: PasswordHasher;
  readonly throttle: SignInThrottle;
  readonly setupLink: SetupLink;
  readonly clock: Clock;
  readonly newUserId: () => UserId;
};

type SessionHandlers = Pick<Handlers, "getSession" | "setUp" | "signIn" | "confirmPassword" | "signOut">;

/** Whoever types a password where the name goes should not find it in the audit trail; few passwords are well-formed names. */
function nameForAudit(typed: string): string {
  return Username.safeParse(typed).success ? typed : "(no user name)";
}

/** Sign-in, sign-out and the first set-up. */
export function sessionHandlers(dependencies: SessionDependencies): SessionHandlers {
  const { services, sessions, cookie, hasher, throttle, setupLink, clock } = dependencies;
  const { users, audit } = services;

  const noteOf = ({ origin, requestId }: Call, actor: string, act: string, result: string): AuditNote => ({
    actor,
    origin,
    act,
    target: actor,
    result,
    requestId,
  });
  const record = (...about: Parameters<typeof noteOf>) => audit.append(noteOf(...about));

  const recordRefusal = (call: Call, actor: string, act: string, error: unknown) =>
    record(call, actor, act, `refused: ${error instanceof SnapdeckError ? error.code : "internal"}`);

  /** Signs in anew: the session that the browser came with, if any, is ended, so that nobody can have planted it. */
  const openSession = async (user: User, call: Call) => {
    if (call.presence !== undefined) await sessions.end(call.presence.session.tokenHash);
    const { token, presence } = await sessions.open(user);
    call.setCookie(cookie.signedIn(token));
    return sessionOf(presence);
  };

  const checkPassword = async (username: string, stored: StoredUser | undefined, password: string, call: Call) => {
    throttle.begin(username, call.origin, Date.parse(clock()));
    const matches = await hasher.matches(password, stored?.passwordHash);
    if (stored === undefined || !matches) throw wrongCredentials();
    throttle.succeed(username, call.origin);
    return stored;
  };

  const makeFirst = async ({ token, username, password }: Body<"setUp">, call: Call) => {
    setupLink.check(token);
    const now = clock();
    const user: User = { id: dependencies.newUserId(), username, role: "admin", createdAt: now, lastSignInAt: now };
    const note = noteOf(call, username, "user.set-up", "made as the first admin");
    await users.createFirst({ ...user, passwordHash: await hasher.hash(password) }, note);
    setupLink.spend();
    return user;
  };

  return {
    async getSession(_input, { presence }) {
      if (presence !== undefined) return sessionOf(presence);
      return { signedIn: false, setupNeeded: (await users.count()) === 0 };
    },

    async setUp({ body }, call) {
      if ((await users.count()) > 0) {
        throw new SnapdeckError("setup-done", "an admin was made already; nothing was changed", { hint: "Sign in." });
      }
      let user: User;
      try {
        user = await makeFirst(body, call);
      } catch (error) {
        await recordRefusal(call, body.username, "user.set-up", error);
        throw error;
      }
      return openSession(user, call);
    },

    async signIn({ body: { username, password } }, call) {
      let user: User;
      try {
        const stored = await checkPassword(username, await users.byName(username), password, call);
        user = await users.signedIn(stored, clock(), noteOf(call, stored.username, "session.sign-in", "signed in"));
      } catch (error) {
        await recordRefusal(call, nameForAudit(username), "session.sign-in", error);
        throw error;
      }
      return openSession(user, call);
    },

    async confirmPassword({ body: { password } }, call) {
      const { presence, actor } = call;
      const stored = await users.byId(presence.user.id);
      try {
        await checkPassword(actor.username, stored, password, call);
      } catch (error) {
        await recordRefusal(call, actor.username, "session.confirm", error);
        throw error;
      }
      await record(call, actor.username, "session.confirm", "confirmed");
      return sessionOf(await sessions.confirm(presence));
    },

    async signOut(_input, call) {
      await sessions.end(call.presence.session.tokenHash);
      call.setCookie(cookie.signedOut());
      await record(call, call.actor.username, "session.sign-out", "signed out");
      return undefined;
    },
  };
}

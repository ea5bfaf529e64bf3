import { roleIncludes } from "@snapdeck/contract/role";
import type { Route } from "@snapdeck/contract/route";
import { CSRF_HEADER } from "@snapdeck/contract/session";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Clock } from "@snapdeck/core/clock";
import type { RequestHandler } from "express";
import type { SessionCookie } from "../auth/session-cookie.ts";
import type { Presence, Sessions } from "../auth/sessions.ts";
import { sameSecret } from "../auth/token.ts";
import type { AuditLog } from "../services.ts";
import { contextOf } from "./request-context.ts";

/** Looks up who comes with the request's cookie; asks nothing of those who come without. */
export function authenticate(sessions: Sessions, cookie: SessionCookie): RequestHandler {
  return async (request, _response, next) => {
    const token = cookie.read(request.headers.cookie);
    contextOf(request).presence = token === undefined ? undefined : await sessions.use(token);
    next();
  };
}

type GuardDependencies = {
  readonly audit: AuditLog;
  readonly clock: Clock;
  /** How long a typed password counts as fresh, in milliseconds. */
  readonly freshMs: number;
};

/** @throws {SnapdeckError} `sign-in-too-old` when the password was typed longer ago than `freshMs` */
export function mustBeFresh(
  confirmedAt: string,
  { clock, freshMs }: Pick<GuardDependencies, "clock" | "freshMs">,
): void {
  if (Date.parse(clock()) - Date.parse(confirmedAt) <= freshMs) return;
  const detail = `the password was last typed more than ${inWords(freshMs)} ago; nothing was changed`;
  throw new SnapdeckError("sign-in-too-old", detail, { hint: "Type your password again." });
}

function inWords(durationMs: number): string {
  if (durationMs >= 120_000) return `${Math.round(durationMs / 60_000)} minutes`;
  const seconds = Math.ceil(durationMs / 1_000);
  return seconds === 1 ? "1 second" : `${seconds} seconds`;
}

/** Whether the caller may use the route: signed in, not tricked into it, with the role, and with a fresh password where asked. */
export function guard(name: string, route: Route, { audit, clock, freshMs }: GuardDependencies): RequestHandler {
  const { role } = route;
  const tokenNeeded = route.method !== "GET";

  const deny = async (presence: Presence, origin: string, requestId: string, failure: SnapdeckError) => {
    const { username } = presence.user;
    await audit.append({
      actor: username,
      origin,
      act: "access.denied",
      target: name,
      result: failure.detail,
      requestId,
    });
    throw failure;
  };

  return async (request, _response, next) => {
    if (role === "anyone") return next();
    const { presence, requestId } = contextOf(request);
    if (presence === undefined) {
      throw new SnapdeckError("not-signed-in", "nobody is signed in here, or the session has ended", {
        hint: "Sign in.",
      });
    }
    const token = request.get(CSRF_HEADER);
    if (tokenNeeded && (token === undefined || !sameSecret(token, presence.session.csrfToken))) {
      throw new SnapdeckError(
        "cross-site",
        `the header ${CSRF_HEADER} is missing or not the session's; nothing was changed`,
        {
          hint: "Reload the page.",
        },
      );
    }
    const { user, session } = presence;
    const origin = request.ip ?? "unknown";
    if (!roleIncludes(user.role, role)) {
      const detail = `this needs the role ${role}, and ${user.username} is ${user.role}; nothing was changed`;
      const failure = new SnapdeckError("role-needed", detail, { hint: `Ask someone with the role ${role}.` });
      return deny(presence, origin, requestId, failure);
    }
    try {
      if (route.fresh === true) mustBeFresh(session.confirmedAt, { clock, freshMs });
    } catch (error) {
      if (error instanceof SnapdeckError) return deny(presence, origin, requestId, error);
      throw error;
    }
    next();
  };
}

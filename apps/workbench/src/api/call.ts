import type { Route } from "@snapdeck/contract/route";
import { type Body, type Params, type QueryInput, type Reply, type RouteName, routes } from "@snapdeck/contract/routes";
import { passwordPrompt } from "../session/password-prompt.ts";
import { newIdempotencyKey } from "./idempotency-key.ts";
import { ProblemError, problemHere } from "./problem-error.ts";
import { requestAddress } from "./request-address.ts";
import { type Answer, send } from "./send.ts";
import { forgetSession, knownSession, rememberSession } from "./session-cache.ts";

type HasNoKeys<T> = string extends keyof T ? true : keyof T extends never ? true : false;
type ParamsPart<R extends RouteName> = HasNoKeys<Params<R>> extends true ? { params?: never } : { params: Params<R> };
type BodyPart<R extends RouteName> =
  Body<R> extends undefined ? { body?: never } : HasNoKeys<Body<R>> extends true ? { body?: never } : { body: Body<R> };

/** What a route is called with: `params` and `body` are required where the contract's table names any. */
export type CallInput<R extends RouteName> = ParamsPart<R> &
  BodyPart<R> & {
    query?: QueryInput<R>;
    /** Names this act, so that the server does it once however often it arrives. Default: a new one for each call. */
    idempotencyKey?: string;
    signal?: AbortSignal | undefined;
    /** How long an answer is waited for, in milliseconds. Default 20 000 for reading and 60 000 for the rest. */
    timeoutMs?: number;
  };

type Arguments<R extends RouteName> = Record<never, never> extends CallInput<R> ? [CallInput<R>?] : [CallInput<R>];
type Parser<T> = { safeParse(data: unknown): { success: true; data: T } | { success: false } };
type LooseInput = {
  params?: Record<string, unknown> | undefined;
  query?: Record<string, unknown> | undefined;
  body?: unknown;
  idempotencyKey?: string | undefined;
  signal?: AbortSignal | undefined;
  timeoutMs?: number | undefined;
};

/**
 * Asks the server, by the contract's table. Where the server wants the password again, asks for it and tries once more; where it
 * does not know us, forgets the session and fails.
 * @throws {ProblemError} with the server's words, and when its answer is not what the contract promises
 * @throws {OfflineError} when no answer came
 */
export async function call<R extends RouteName>(name: R, ...[input]: Arguments<R>): Promise<Reply<R>> {
  const route: Route = routes[name];
  const loose: LooseInput = input ?? {};
  const answer = await persistently(name, route, { idempotencyKey: newIdempotencyKey(), ...loose });
  const parser = route.response as Parser<Reply<R>> | undefined;
  const parsed = parser?.safeParse(answer.content);
  if (parsed?.success) return parsed.data;
  if (parsed === undefined) return undefined as Reply<R>;
  throw new ProblemError(
    problemHere(
      "internal",
      "the server answered in a form that this page does not understand; nothing is known of the data",
      "Reload the page: the server may have been updated since it was opened.",
    ),
  );
}

/** Sends; sends once more when the password was confirmed, or when another tab changed the token of the same user. */
async function persistently(name: RouteName, route: Route, input: LooseInput): Promise<Answer> {
  try {
    return await once(route, input);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    switch (error.problem.code) {
      case "not-signed-in":
        forgetSession();
        throw error;
      case "sign-in-too-old":
        if (name === "confirmPassword" || !(await passwordPrompt.ask())) throw error;
        return await once(route, input);
      case "cross-site":
        if (route.method === "GET" || !(await tokenWasRenewed())) throw error;
        return await once(route, input);
      default:
        throw error;
    }
  }
}

function once(route: Route, input: LooseInput): Promise<Answer> {
  const session = knownSession();
  return send({
    method: route.method,
    address: requestAddress(route, input.params, input.query),
    body: route.body === undefined ? undefined : (input.body ?? {}),
    csrfToken: session?.signedIn ? session.csrfToken : undefined,
    idempotencyKey: route.method === "GET" ? undefined : input.idempotencyKey,
    signal: input.signal,
    timeoutMs: input.timeoutMs ?? (route.method === "GET" ? 20_000 : 60_000),
  });
}

async function tokenWasRenewed(): Promise<boolean> {
  const before = knownSession();
  const after = await call("getSession");
  rememberSession(after);
  if (!before?.signedIn || !after.signedIn) return false;
  return before.user.id === after.user.id && before.csrfToken !== after.csrfToken;
}

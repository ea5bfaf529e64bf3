import type { Body, Params, Query, Reply, RouteName, routes } from "@snapdeck/contract/routes";
import type { Presence } from "../auth/sessions.ts";
import type { Actor } from "../services.ts";

/** What a handler knows of a request beside its parsed parts. */
export type Call = {
  readonly requestId: string;
  /** The address the request came from. */
  readonly origin: string;
  readonly presence: Presence | undefined;
  /** Names a request that may be sent twice; by `Idempotency-Key`. */
  readonly idempotencyKey: string | undefined;
  /** Aborted when the caller is gone. */
  readonly signal: AbortSignal;
  /** Makes the answer set a cookie. */
  setCookie(cookie: string): void;
};

/** The call of a route that needs a sign-in. */
export type SignedInCall = Call & { readonly presence: Presence; readonly actor: Actor };

type CallOf<R extends RouteName> = (typeof routes)[R]["role"] extends "anyone" ? Call : SignedInCall;

type Input<R extends RouteName> = { readonly params: Params<R>; readonly query: Query<R>; readonly body: Body<R> };

export type Handler<R extends RouteName> = (input: Input<R>, call: CallOf<R>) => Promise<Reply<R>>;

/** What the server must supply: one handler for each route of the contract, no more, no fewer. */
export type Handlers = { readonly [R in RouteName]: Handler<R> };

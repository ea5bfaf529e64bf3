import type { IncomingMessage } from "node:http";
import type { Presence } from "../auth/sessions.ts";

/** What is known of a request while it is answered. */
export type RequestContext = {
  /** Goes into the answer, the log and the audit trail. */
  readonly requestId: string;
  readonly startedAtMs: number;
  /** The route's name, once one fits. */
  routeName?: string;
  /** Who asks, once the cookie was looked up. */
  presence?: Presence | undefined;
  /** The code of the problem that was answered. */
  problemCode?: string;
};

const contexts = new WeakMap<IncomingMessage, RequestContext>();

export function setContext(request: IncomingMessage, context: RequestContext): void {
  contexts.set(request, context);
}

/** @throws when called for a request that did not come through `requestLog`: a bug. */
export function contextOf(request: IncomingMessage): RequestContext {
  const context = contexts.get(request);
  if (context === undefined) throw new Error("the request has no context");
  return context;
}

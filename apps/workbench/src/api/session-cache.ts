import type { Session } from "@snapdeck/contract/session";
import { queryClient } from "./query-client.ts";

export const SESSION_KEY = ["session"] as const;

/** The session as last heard of, without asking the server. */
export function knownSession(): Session | undefined {
  return queryClient.getQueryData<Session>(SESSION_KEY);
}

export function rememberSession(session: Session): void {
  queryClient.setQueryData<Session>(SESSION_KEY, session);
}

/** The server does not know us any more: the shell reacts by going to the sign-in page, which keeps the address. */
export function forgetSession(): void {
  const known = knownSession();
  if (known?.signedIn === false) return;
  rememberSession({ signedIn: false, setupNeeded: false });
}

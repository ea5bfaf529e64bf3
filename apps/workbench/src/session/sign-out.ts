import { call } from "../api/call.ts";
import { queryClient } from "../api/query-client.ts";
import { type knownSession, rememberSession } from "../api/session-cache.ts";

/** Ends the session and forgets everything that this user was shown. Where the server cannot be told, says so by failing. */
export async function signOut(): Promise<void> {
  await call("signOut");
  enter({ signedIn: false, setupNeeded: false });
}

/** Begins with another session, or none: what the last user saw is gone. */
export function enter(session: NonNullable<ReturnType<typeof knownSession>>): void {
  rememberSession(session);
  queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" });
}

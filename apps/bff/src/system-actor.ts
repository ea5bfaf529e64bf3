import type { Actor } from "./services.ts";

/** The name of Snapdeck itself; `origin` tells it from a user who is called the same. */
export const SYSTEM = "system";

/** Snapdeck itself, as the audit trail names it for what nobody asked for. */
export function systemActor(newId: () => string): Actor {
  return { username: SYSTEM, role: "admin", origin: "system", requestId: newId() };
}

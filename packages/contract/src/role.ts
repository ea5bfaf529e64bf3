import { z } from "zod";

/** What a user may do. Each role includes those before it. */
export const ROLES = ["viewer", "operator", "admin"] as const;

export const Role = z.enum(ROLES);
export type Role = z.infer<typeof Role>;

/** Whether `role` includes `needed`. */
export function roleIncludes(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

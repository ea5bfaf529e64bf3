import type { Role } from "@snapdeck/contract/role";

/** What each role may do, in one line. */
export const ROLE_WORDS: Record<Role, string> = {
  viewer: "sees everything, changes nothing",
  operator: "also backs up, cancels, suspends and resumes",
  admin: "also restores, deletes backups and manages users",
};

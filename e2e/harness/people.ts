import type { Role } from "@snapdeck/contract/role";

/** Who uses Snapdeck in the stories, one of each role. */
export const PEOPLE = {
  viewer: { username: "vera", password: "vera looks and touches nothing" },
  operator: { username: "otto", password: "otto backs up at night" },
  admin: { username: "ana", password: "ana restores what was lost" },
} as const satisfies Record<Role, { username: string; password: string }>;

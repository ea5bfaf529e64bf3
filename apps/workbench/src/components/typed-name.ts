import type { Availability } from "@snapdeck/contract/cluster";

/** Whether a button waits for the cluster's name, typed exactly. */
export function typedNameAvailability(typed: string, name: string): Availability {
  if (typed === name) return { allowed: true };
  return { allowed: false, code: "name-mismatch", reason: `Type ${name} first` };
}

import type { Suspect } from "@snapdeck/contract/backup";

/** How many faults a sentence names. */
const NAMED = 3;

/** What the failed proof found, as the middle of a sentence: "L2 found 5 faults, such as rank-0/1.bin (its bytes are other ones)". */
export function suspectWords({ level, faults, faultsTotal }: Suspect): string {
  const named = faults.slice(0, NAMED).map(({ subject, detail }) => `${subject} (${detail})`);
  const what = `${level} found ${faultsTotal} ${faultsTotal === 1 ? "fault" : "faults"}`;
  if (named.length === 0) return what;
  return `${what}${faultsTotal > named.length ? ", such as" : ":"} ${named.join(", ")}`;
}

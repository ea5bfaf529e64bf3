import type { Suspect } from "@snapdeck/contract/backup";
import type { ProofFault } from "@snapdeck/contract/proof";
import { formatCount, formatCounted } from "../../format/rows.ts";

/** "3 files differ from the manifest", or things where a scan found what no file can tell. */
export function suspicion({ faults, faultsTotal }: Suspect): string {
  const noun = faults.some(({ fault }) => OF_SCANS.has(fault)) ? "thing" : "file";
  return `${formatCounted(faultsTotal, noun)} ${faultsTotal === 1 ? "differs" : "differ"} from the manifest`;
}

const OF_SCANS: ReadonlySet<ProofFault["fault"]> = new Set<ProofFault["fault"]>(["restore", "rows", "contents"]);

/** "and 37 more", or undefined where all are named. */
export function unnamed({ faults, faultsTotal }: Suspect): string | undefined {
  return faultsTotal > faults.length ? `and ${formatCount(faultsTotal - faults.length)} more` : undefined;
}

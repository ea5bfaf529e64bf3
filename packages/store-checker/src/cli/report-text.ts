import type { Break, StoreReport } from "../store-report.ts";

/** What a person reads of a report: a line for each break, grouped by backup, and a summary last. */
export function reportText(report: StoreReport, tookMs: number): string {
  const groups = new Map<string, Break[]>();
  for (const each of report.breaks) groups.set(each.backup ?? "", [...(groups.get(each.backup ?? "") ?? []), each]);
  const lines: string[] = [];
  for (const [backup, breaks] of [...groups].sort(([one], [other]) => (one < other ? -1 : 1))) {
    lines.push(backup === "" ? "Store and state" : `Backup ${backup}`, ...breaks.map(lineOf), "");
  }
  return `${lines.concat(summaryOf(report, tookMs)).join("\n")}\n`;
}

function lineOf({ invariant, subject, detail, repair }: Break): string {
  return `  ${invariant.padEnd(4)}${subject} ${detail}${repair === undefined ? "" : ` (${repair})`}`;
}

function summaryOf({ backups, files, sizeBytes, checked, breaks }: StoreReport, tookMs: number): string {
  const facts = checked.reduce((sum, each) => sum + each.facts, 0);
  const looked =
    `${count(backups, "backup")}, ${count(files, "file")}, ${sizeBytes} bytes: ` +
    `${count(facts, "fact")} of ${count(checked.length, "invariant")} in ${(tookMs / 1_000).toFixed(1)} s.`;
  if (breaks.length === 0) return `${looked} Nothing is broken.`;
  const repaired = breaks.filter((each) => each.repaired === true).length;
  const repairable = breaks.filter((each) => each.repaired === false).length;
  const rest =
    (repaired > 0 ? ` ${repaired} of them repaired.` : "") +
    (repairable > 0 ? ` --repair removes what nothing owns (${repairable}).` : "");
  return `${looked} ${count(breaks.length, "break")}.${rest}`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

import type { RestorePlan, TableEffect } from "@snapdeck/contract/backup";

/** A restore plan in the numbers that an operator weighs. */
export type PlanSummary = {
  readonly databases: number;
  readonly replaced: number;
  readonly removed: number;
  readonly broughtBack: number;
  /** Rows that the cluster holds more than the backup; 0 when it holds fewer, undefined where nobody knows. */
  readonly rowsLost: number | undefined;
  /** Rows that the backup holds more than the cluster; 0 when it holds fewer, undefined where nobody knows. */
  readonly rowsGained: number | undefined;
};

/** Counts what a restore would do. Rows lost and gained are net, as the plan counts and does not compare rows. */
export function planSummary(plan: RestorePlan): PlanSummary {
  const difference = plan.rowsNow === undefined ? undefined : plan.rowsNow - plan.rowsThen;
  return {
    databases: new Set(plan.tables.map((table) => table.database)).size,
    replaced: countOf(plan, "replaced"),
    removed: countOf(plan, "removed"),
    broughtBack: countOf(plan, "brought-back"),
    rowsLost: difference === undefined ? undefined : Math.max(0, difference),
    rowsGained: difference === undefined ? undefined : Math.max(0, -difference),
  };
}

/** "12 tables in 2 databases are replaced, 1 table is removed and 1 is brought back." */
export function effectSentence(summary: PlanSummary): string {
  const { replaced, removed, broughtBack, databases } = summary;
  const acts = [
    replaced > 0 ? `${tables(replaced)} ${be(replaced)} replaced` : undefined,
    removed > 0 ? `${tables(removed)} ${be(removed)} removed` : undefined,
    broughtBack > 0 ? `${tables(broughtBack)} ${be(broughtBack)} brought back` : undefined,
  ].filter((act) => act !== undefined);
  if (acts.length === 0) return "No table changes: neither the cluster nor the backup holds any.";
  const where = databases === 1 ? "in 1 database" : `in ${databases} databases`;
  return `${listed(acts)}, ${where}.`;
}

/** The tables in the order in which they need attention: what would be removed, what loses most rows, then the rest by name. */
export function byLoss(effects: readonly TableEffect[]): TableEffect[] {
  return [...effects].sort(
    (a, b) => lossOf(b) - lossOf(a) || compare(`${a.database}.${a.table}`, `${b.database}.${b.table}`),
  );
}

function lossOf(effect: TableEffect): number {
  if (effect.effect === "removed") return Number.MAX_SAFE_INTEGER;
  if (effect.rowsNow === undefined || effect.rowsThen === undefined) return 0;
  return Math.max(0, effect.rowsNow - effect.rowsThen);
}

function countOf(plan: RestorePlan, effect: TableEffect["effect"]): number {
  return plan.tables.filter((table) => table.effect === effect).length;
}

function tables(count: number): string {
  return count === 1 ? "1 table" : `${count} tables`;
}

function be(count: number): string {
  return count === 1 ? "is" : "are";
}

function listed(parts: readonly string[]): string {
  if (parts.length <= 1) return parts.join("");
  return `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

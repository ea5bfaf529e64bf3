import { median, type Rounds } from "./rounds.ts";

/** A line of the tables in docs/benchmarks.md. */
export type PageRow = {
  readonly what: string;
  readonly median: string;
  readonly min: string;
  readonly max: string;
  /** The ratio to what it is measured against, where that is another line. */
  readonly against?: string;
  readonly budget?: string;
};

/** Lines of milliseconds. All but `to` are held against it, by their medians and by their minima; budgets are not judged, only printed. */
export function msRows(
  results: readonly Rounds[],
  to?: string,
  budgets: Readonly<Record<string, string>> = {},
): PageRow[] {
  const base = results.find(({ name }) => name === to)?.ms;
  return results.map(({ name, ms }) => {
    const row = countRow(name, ms, inMs);
    const budget = budgets[name];
    const line = budget === undefined ? row : { ...row, budget };
    if (base === undefined || name === to) return line;
    const [ratio, ofMinima] = [median(ms) / median(base), Math.min(...ms) / Math.min(...base)];
    return { ...line, against: `${ratio.toFixed(2)} x (minima: ${ofMinima.toFixed(2)} x)` };
  });
}

/** A line of whatever was counted in each round. */
export function countRow(what: string, counts: readonly number[], text: (count: number) => string): PageRow {
  return { what, median: text(median(counts)), min: text(Math.min(...counts)), max: text(Math.max(...counts)) };
}

export function pageTable(rows: readonly PageRow[]): string {
  const lines = rows.map(({ what, median: middle, min, max, against = "", budget = "" }) => {
    const cells = [what, middle, min, max, against, budget].map((cell) => (cell === "" ? " " : ` ${cell} `));
    return `|${cells.join("|")}|`;
  });
  return ["| what | median | min | max | against | budget |", "|---|---|---|---|---|---|", ...lines].join("\n");
}

export function inMs(ms: number): string {
  return `${Math.round(ms).toLocaleString("en")} ms`;
}

export function inBytes(bytes: number): string {
  return `${bytes.toLocaleString("en")} B`;
}

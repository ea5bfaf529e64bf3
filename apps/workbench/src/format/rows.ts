const exact = new Intl.NumberFormat("en-US");
const STEPS = [
  { atLeast: 999_950_000_000, divisor: 1e12, unit: "T" },
  { atLeast: 999_950_000, divisor: 1e9, unit: "G" },
  { atLeast: 999_950, divisor: 1e6, unit: "M" },
  { atLeast: 10_000, divisor: 1e3, unit: "k" },
] as const;

/** "82.4 M", "12.3 k", and below ten thousand the exact number: "9,123". */
export function formatRows(rows: number): string {
  const step = STEPS.find(({ atLeast }) => rows >= atLeast);
  return step === undefined ? exact.format(rows) : `${(rows / step.divisor).toFixed(1)} ${step.unit}`;
}

/** "82,412,007": for titles, and wherever every row counts. */
export function formatCount(count: number): string {
  return exact.format(count);
}

/** "1 table", "3 tables". `many` where the plural is not the word with an s. */
export function formatCounted(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

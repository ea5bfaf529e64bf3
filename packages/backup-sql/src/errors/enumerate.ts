/** `a`, `a or b`, `a, b or c`. */
export function enumerate(items: readonly string[], conjunction: "and" | "or"): string {
  const last = items.at(-1);
  if (last === undefined) return "";
  return items.length === 1 ? last : `${items.slice(0, -1).join(", ")} ${conjunction} ${last}`;
}

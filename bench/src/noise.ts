/** Numbers that no codec makes smaller: 8 bytes each. */
export function noiseColumns(count: number): string {
  return Array.from({ length: count }, (_, at) => `c${at} UInt64`).join(", ");
}

export function noiseRows(columns: number, rows: number, from = 0): string {
  const values = Array.from({ length: columns }, (_, at) => `sipHash64(number, ${at})`).join(", ");
  return `SELECT ${values} FROM numbers(${from}, ${rows})`;
}

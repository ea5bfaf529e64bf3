const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** "2.2 GB": decimal units, one decimal; whole bytes below 1 kB. */
export function formatBytes(sizeBytes: number): string {
  const { amount, unit } = scaledBytes(sizeBytes);
  return `${amount} ${unit}`;
}

/** "1.4 of 2.2 GB": the unit is said once where both share it. */
export function formatBytesOf(doneBytes: number, totalBytes: number): string {
  const done = scaledBytes(doneBytes);
  const total = scaledBytes(totalBytes);
  if (done.unit === total.unit) return `${done.amount} of ${total.amount} ${total.unit}`;
  return `${done.amount} ${done.unit} of ${total.amount} ${total.unit}`;
}

function scaledBytes(sizeBytes: number): { amount: string; unit: string } {
  let value = sizeBytes;
  let step = 0;
  // 999.95 would print as "1000.0".
  while (value >= (step === 0 ? 1000 : 999.95) && step < UNITS.length - 1) {
    value /= 1000;
    step += 1;
  }
  return { amount: step === 0 ? String(Math.round(value)) : value.toFixed(1), unit: UNITS[step] ?? "B" };
}

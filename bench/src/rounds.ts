/** What was measured in each round, in milliseconds. */
export type Rounds = { readonly name: string; readonly ms: readonly number[] };

/** Runs each contender once a round, in turn, so that what the machine does beside hits all of them alike. */
export async function interleaved(
  rounds: number,
  contenders: Record<string, (round: number) => Promise<number>>,
): Promise<Rounds[]> {
  const names = Object.keys(contenders);
  const measured = new Map<string, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, run] of Object.entries(contenders)) measured.get(name)?.push(await run(round));
  }
  return names.map((name) => ({ name, ms: measured.get(name) ?? [] }));
}

export function median(ms: readonly number[]): number {
  return [...ms].sort((a, b) => a - b)[Math.floor(ms.length / 2)] ?? Number.NaN;
}

/** How long `act` took, in milliseconds. */
export async function timed(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await act();
  return performance.now() - start;
}

/** Median, minimum and maximum of each, and the ratio of each median to that of `to`. */
export function report(title: string, results: readonly Rounds[], to: string): string {
  const base = median(results.find(({ name }) => name === to)?.ms ?? []);
  const rows = results.map(({ name, ms }) => {
    const numbers = [median(ms), Math.min(...ms), Math.max(...ms)].map((each) => each.toFixed(0).padStart(8));
    return `  ${name.padEnd(34)}${numbers.join("")}   ${(median(ms) / base).toFixed(2)} x`;
  });
  const head = `  ${"milliseconds".padEnd(34)}  median     min     max   to "${to}"`;
  return [title, head, ...rows].join("\n");
}

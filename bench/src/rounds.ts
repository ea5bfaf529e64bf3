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

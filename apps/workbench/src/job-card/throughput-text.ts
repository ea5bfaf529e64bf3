import { formatRate } from "../format/rate.ts";
import type { Sample } from "../live/throughput.ts";

/** The chart in words: "Throughput: now 812.4 MB/s, highest 901.2 MB/s, lowest 640.0 MB/s". */
export function throughputText(samples: readonly Sample[]): string {
  const speeds = samples.map((sample) => sample.bytesPerSecond);
  const now = speeds.at(-1);
  if (now === undefined) return "Throughput: not measured yet";
  const highest = formatRate(Math.max(...speeds));
  return `Throughput: now ${formatRate(now)}, highest ${highest}, lowest ${formatRate(Math.min(...speeds))}`;
}

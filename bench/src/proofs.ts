import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { VerifyOrder } from "@snapdeck/core/ports/cluster";
import type { BenchHost } from "./bench-host.ts";
import { interleaved, median, report, timed } from "./rounds.ts";

const run = promisify(execFile);
const MIB = 1024 * 1024;

/** L2 of a backup, pressed to recorded, beside reading the same files and doing nothing with them, and beside SHA-256 of them. */
export async function proofs(bench: BenchHost, order: VerifyOrder): Promise<string> {
  const { manifest } = await bench.cluster.systemBackups.read(order.backupId);
  const sizeMib = manifest.ranks.reduce((sum, rank) => sum + rank.sizeBytes, 0) / MIB;
  const folder = join(bench.storeRoot, "local", order.backupId);
  const piped = (command: string) => timed(() => run("sh", ["-c", `find "$0" -type f -print0 | ${command}`, folder]));
  const results = await interleaved(7, {
    "every file to /dev/null": () => piped("xargs -0 cat > /dev/null"),
    "L2, to recorded": () =>
      timed(async () => {
        const work = bench.cluster.systemBackups.verify(order, AbortSignal.timeout(600_000));
        for await (const step of work)
          if (step.type === "stopped" || step.type === "lost") throw new Error(`ended ${step.type}`);
      }),
    "sha256sum of every file": () => piped("xargs -0 sha256sum > /dev/null"),
  });
  const speeds = results.map(({ name, ms }) => `  ${name}: ${(sizeMib / (median(ms) / 1000)).toFixed(0)} MiB/s`);
  return [report(`Reading back ${sizeMib.toFixed(0)} MiB`, results, "every file to /dev/null"), ...speeds].join("\n");
}

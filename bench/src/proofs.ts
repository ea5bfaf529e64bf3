import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { VerifyOrder } from "@snapdeck/core/ports/cluster";
import type { BenchHost } from "./bench-host.ts";
import { msRows, type PageRow } from "./page-row.ts";
import { interleaved, timed } from "./rounds.ts";

const run = promisify(execFile);
const READ = "every file to /dev/null";

/** L2 of a backup, pressed to recorded, beside reading the same files and doing nothing with them, and beside SHA-256 of them. */
export async function proofs(bench: BenchHost, order: VerifyOrder): Promise<PageRow[]> {
  const folder = join(bench.storeRoot, "local", order.backupId);
  const piped = (command: string) => timed(() => run("sh", ["-c", `find "$0" -type f -print0 | ${command}`, folder]));
  const results = await interleaved(7, {
    [READ]: () => piped("xargs -0 cat > /dev/null"),
    "L2 of a backup, to recorded": () =>
      timed(async () => {
        const work = bench.cluster.systemBackups.verify(order, AbortSignal.timeout(600_000));
        for await (const step of work)
          if (step.type === "stopped" || step.type === "lost") throw new Error(`ended ${step.type}`);
      }),
    "`sha256sum` of every file": () => piped("xargs -0 sha256sum > /dev/null"),
  });
  return msRows(results, READ);
}

import type { WorkReport } from "@snapdeck/core/ports/cluster";
import type { RankClient } from "../rank-client.ts";
import { whileMoving } from "../while-moving.ts";

/** How long a machine may take to write what its memory holds for the disk, in milliseconds: nothing shows that it gets on with it. */
const PATIENCE_MS = 600_000;

/**
 * Has all that the ranks wrote so far put on their disks: of what RESTORE writes the engine itself syncs nothing but the tables' statements
 * (ClickHouse#111321). `SYSTEM SYNC FILE CACHE` is the system call `sync` of the rank's machine, so it waits for what others wrote there, too.
 * @throws {SnapdeckError} `engine-failed` where the user may not say it, `rank-lost`
 */
export function makeDurable(clients: readonly RankClient[]): AsyncGenerator<WorkReport, void> {
  return whileMoving(async (moved) => {
    const telling = setInterval(moved, 1_000);
    try {
      const statements = clients.map((client) =>
        client.run("making it durable", "SYSTEM SYNC FILE CACHE", { timeoutMs: PATIENCE_MS }),
      );
      await Promise.all(statements);
    } finally {
      clearInterval(telling);
    }
  });
}

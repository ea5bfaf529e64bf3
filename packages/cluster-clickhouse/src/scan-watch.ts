import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { z } from "zod";
import type { ClusterParts } from "./cluster-parts.ts";
import { EngineCount } from "./engine-values.ts";
import type { RankClient } from "./rank-client.ts";
import { SELECT_READ_SO_FAR } from "./sql.ts";

const ReadRow = z.object({ rows: EngineCount, bytes: EngineCount });

/** Ends scans that stopped moving: a scan says nothing of itself until it is done, but the engine tells what it has read. */
export class ScanWatch {
  readonly #parts: Pick<ClusterParts, "settings">;
  readonly #clients: readonly RankClient[];
  #moved: { mark: string; at: number } = { mark: "", at: performance.now() };

  constructor(parts: Pick<ClusterParts, "settings">, clients: readonly RankClient[]) {
    this.#parts = parts;
    this.#clients = clients;
  }

  /**
   * @param done changes whenever a scan ended
   * @throws {SnapdeckError} `no-progress`
   */
  async look(done: string): Promise<void> {
    const read = await Promise.all(this.#clients.map(readSoFar));
    const mark = `${done}/${read.join("/")}`;
    if (mark !== this.#moved.mark) this.#moved = { mark, at: performance.now() };
    const stoodMs = performance.now() - this.#moved.at;
    if (stoodMs <= this.#parts.settings.noProgressMs) return;
    throw new SnapdeckError(
      "no-progress",
      `the scans read no row for ${Math.round(stoodMs / 1000)} s, so they were ended; nothing was learned of the backup`,
      { hint: "See whether the disk where the cluster's data lives answers, then try again." },
    );
  }
}

/** A rank that does not answer has not moved. */
async function readSoFar(client: RankClient): Promise<string> {
  try {
    const [read] = await client.rows("telling what it has read", ReadRow, SELECT_READ_SO_FAR, { timeoutMs: 2_000 });
    return `${read?.rows}-${read?.bytes}`;
  } catch {
    return "silent";
  }
}

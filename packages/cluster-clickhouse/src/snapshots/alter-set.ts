import type { WorkReport } from "@snapdeck/core/ports/cluster";
import type { ReadInfo } from "@snapdeck/core/ports/database-backup-store";
import { unsigned } from "@snapdeck/core/snapshots/plan-removal";
import type { Altered, AlterOrder } from "./alter.ts";
import { carryOutReporting } from "./carry-out-reporting.ts";

const NOTHING_WRITTEN: Altered = { removed: 0, objects: 0, rows: 0, files: 0, sizeBytes: 0 };

/** SET: the options that snapshots to come are taken with; those that there are stay as they are. Undefined when it was stopped. */
export async function* setOptions(
  order: AlterOrder & { readonly action: "set" },
  { info, standing }: ReadInfo,
  signal: AbortSignal,
): AsyncGenerator<WorkReport, Altered | undefined> {
  const options = { ...info.options, ...order.options };
  if (JSON.stringify(options) === JSON.stringify(info.options)) return NOTHING_WRITTEN;
  const next = { ...unsigned(info), revision: info.revision + 1, options };
  const ended = yield* carryOutReporting(
    { place: order, order, steps: [{ step: "publish-info", info: next }], standing, mayLeave: () => true },
    signal,
  );
  return ended === "left" ? undefined : NOTHING_WRITTEN;
}

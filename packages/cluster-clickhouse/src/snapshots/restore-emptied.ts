import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { SnapshotRestore } from "@snapdeck/core/snapshots/plan-snapshot-restore";
import { KEPT_NOWHERE } from "./left-out.ts";
import { type LiveRank, placeKey } from "./restore-live.ts";

/** How many tables an error names. */
const MAX_NAMED = 5;

/**
 * Looks whether rows would be replaced by none: the engine puts those of some tables into no backup, so their snapshots hold definitions only.
 * @throws {SnapdeckError} `restore-conflict` naming them
 */
export function mustNotEmpty({ items }: SnapshotRestore, ranks: readonly LiveRank[]): void {
  const emptied = items.flatMap(({ definition, target, effect, withRows }) => {
    if (effect !== "replaced" || !withRows || !KEPT_NOWHERE.includes(definition.engine ?? "")) return [];
    const key = placeKey({ database: target.schema ?? "", name: target.name });
    const holdsRows = ranks.some(({ tables }) => {
      const live = tables.get(key);
      return live !== undefined && live.rows !== 0;
    });
    return holdsRows ? [`${target.schema}.${target.name} (${definition.engine})`] : [];
  });
  if (emptied.length === 0) return;
  const more = emptied.length > MAX_NAMED ? ` and ${emptied.length - MAX_NAMED} more` : "";
  throw new SnapdeckError(
    "restore-conflict",
    `the snapshot holds no rows of ${emptied.slice(0, MAX_NAMED).join(", ")}${more}, since the engine backs up their definitions only, and those that are there would be lost; nothing was restored, and nothing that exists was touched`,
    {
      hint: "Say RESTORE_POLICY = 'rename', which keeps them in another schema; or DDL_ONLY = true, or empty them first.",
    },
  );
}

import { assertChangesApplied } from "../unapplied-changes.ts";
import { type TakeIntent, tablesOf } from "./take-intent.ts";

/**
 * Refuses a snapshot of rows while changes of them wait that the engine would leave out.
 * @throws {SnapdeckError} `unapplied-changes`, `engine-failed`, `cluster-unreachable`
 */
export async function assertNoneWaits(intent: TakeIntent): Promise<void> {
  if (intent.options.ddlOnly) return;
  await assertChangesApplied(
    intent.catalogs.map((catalog) => {
      const held = new Set(tablesOf(intent, catalog).map(({ database, name }) => `${database}\0${name}`));
      return { client: catalog.client, isHeld: ({ database, table }) => held.has(`${database}\0${table}`) };
    }),
  );
}

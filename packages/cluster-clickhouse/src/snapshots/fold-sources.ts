import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { BackupPlace } from "@snapdeck/core/ports/database-backups";
import type { PlanStep } from "@snapdeck/core/snapshots/plan-steps";

/**
 * Looks whether everything is there that a plan would hand on from snapshots that go, before the first of its steps: once a removal has begun
 * it has to be finished before anything else can be done to the backup.
 * @throws {SnapdeckError} `backup-unusable` naming what is missing or short, `store-unavailable`
 */
export async function assertFoldable(
  { store, backup }: BackupPlace,
  steps: readonly PlanStep[],
  moved: () => void = () => undefined,
): Promise<void> {
  const composed = steps.filter((step) => step.step === "compose");
  const folders = new Set(
    composed.flatMap(({ path, from }) => [path, ...from]).map((path) => path.split("/")[0] ?? ""),
  );
  const sizes = new Map<string, number>();
  for (const folder of folders) {
    for await (const { path, sizeBytes } of store.files.files(`${backup}/${folder}`)) {
      sizes.set(path.slice(backup.length + 1), sizeBytes);
      moved();
    }
  }
  for (const { path, sizeBytes, from } of composed) {
    // An earlier attempt made it.
    if (sizes.get(path) === sizeBytes) continue;
    const missing = from.find((each) => !sizes.has(each));
    if (missing !== undefined) throw broken(backup, `${missing} is missing`);
    const total = from.reduce((sum, each) => sum + (sizes.get(each) ?? 0), 0);
    if (total !== sizeBytes) throw broken(backup, `${from.join(" and ")} has ${total} of ${sizeBytes} bytes`);
  }
}

function broken(backup: string, what: string): SnapdeckError {
  return new SnapdeckError(
    "backup-unusable",
    `${what} in backup ${backup}, and its bytes would have to be handed on; nothing was changed`,
    {
      hint: "VERIFY BACKUP tells what is left. Take a copy of the store that is whole, or begin anew: CREATE BACKUP with RECREATE.",
    },
  );
}

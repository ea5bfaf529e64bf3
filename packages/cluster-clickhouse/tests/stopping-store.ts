import type { DatabaseBackupStore } from "@snapdeck/core/ports/database-backup-store";
import type { PlanStep } from "@snapdeck/core/snapshots/plan-steps";

/**
 * A store whose writer stops for ever right before step number `at` of what it carries out, as the process does that dies there: nothing
 * that it would do from there on happens. `death` resolves when it did.
 */
export function stoppingAt(
  store: DatabaseBackupStore,
  at: number,
): { readonly store: DatabaseBackupStore; readonly death: Promise<"died"> } {
  const dead = new EventTarget();
  const death = new Promise<"died">((resolve) => {
    dead.addEventListener("died", () => resolve("died"), { once: true });
  });
  let steps = 0;
  return {
    death,
    store: {
      files: store.files,
      engine: store.engine,
      stamper: store.stamper,
      list: () => store.list(),
      read: (name) => store.read(name),
      definitions: (info) => store.definitions(info),
      content: (name, snapshot) => store.content(name, snapshot),
      view: (info, ids) => store.view(info, ids),
      metadata: (name, id, folder) => store.metadata(name, id, folder),
      carryOut: (name, plan, standing, prove, onStep, onMoved) => {
        const dying = async (step: PlanStep) => {
          steps += 1;
          if (steps > at) {
            dead.dispatchEvent(new Event("died"));
            await new Promise<never>(() => undefined);
          }
          await onStep?.(step);
        };
        return store.carryOut(name, plan, standing, prove, dying, onMoved);
      },
      close: () => store.close(),
    },
  };
}

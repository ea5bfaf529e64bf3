import { mkdirSync, renameSync, rmdirSync } from "node:fs";
import { expect } from "vitest";
import { faults } from "./cases.ts";

faults("X4: a store that is somewhere else", {}, [
  {
    id: "X4-T-unmounted",
    row: "X4",
    fault: "T",
    tier: "quick",
    title:
      "a store that is not mounted is no empty one: the backups stay listed, nothing is written or deleted, and all is as before when it is back",
    run: async (world) => {
      const { id } = await world.backUp();
      const { storeRoot } = world.stack.servers;
      const away = `${storeRoot}-away`;
      renameSync(storeRoot, away);
      mkdirSync(storeRoot, { mode: 0o700 });
      try {
        await world.bff();
        expect(
          (await world.backups()).map((backup) => backup.id),
          "the backups that are listed",
        ).toEqual([id]);
        const admin = await world.admin();
        const refusals = [
          await admin.refusal("planRestore", { params: { backupId: id } }),
          await admin.refusal("startBackup"),
          await admin.refusal("deleteBackup", { params: { backupId: id } }),
        ];
        for (const { code, problem } of refusals) {
          expect(code).toBe("store-unavailable");
          expect(problem.hint).toContain("Mount the store again");
        }
      } finally {
        // Not empty if anything was written to it after all.
        rmdirSync(storeRoot);
        renameSync(away, storeRoot);
      }
      await world.bff();
      await world.deleteBackup(id);
      return "listed; plan, backup and deletion refused: store-unavailable";
    },
  },
]);

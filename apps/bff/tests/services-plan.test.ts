import { describe, expect, test } from "vitest";
import { ADMIN, backedUp, MEMORY, restored, servicesWorld } from "./services-world.ts";

describe("The plan of a restore", () => {
  test("is refused for a backup that this console did not sign, which stays listed for when the keys are back", async () => {
    let doubt: string | undefined;
    const world = await servicesWorld({
      prepare: ({ systemBackups }) => {
        const read = systemBackups.read.bind(systemBackups);
        systemBackups.read = async (id) => ({ ...(await read(id)), ...(doubt === undefined ? {} : { doubt }) });
      },
    });
    const backupId = await backedUp(world);
    doubt = "its manifest was not signed by this console, or was changed since";
    await expect(world.services.backups.planRestore(MEMORY, backupId, ADMIN)).rejects.toMatchObject({
      code: "backup-unusable",
      detail: `backup ${backupId} cannot be trusted: ${doubt}; nothing was changed`,
      hint: expect.stringContaining("put the folder of its former keys back"),
    });
    doubt = undefined;
    await world.services.backups.planRestore(MEMORY, backupId, ADMIN);
  });

  test("says that the restore before it can then no longer be undone", async () => {
    const world = await servicesWorld();
    const backupId = await backedUp(world);
    const before = await world.services.backups.planRestore(MEMORY, backupId, ADMIN);
    expect(before.warnings.join()).not.toContain("undone");
    await restored(world, backupId);
    const { warnings } = await world.services.backups.planRestore(MEMORY, backupId, ADMIN);
    expect(warnings).toContainEqual(expect.stringMatching(/^The restore of .* UTC can then no longer be undone/));
  });
});

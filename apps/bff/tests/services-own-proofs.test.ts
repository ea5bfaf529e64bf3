import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { describe, expect, test } from "vitest";
import { backedUp, MEMORY, type ServicesWorld, servicesWorld } from "./services-world.ts";

/** Every verification the server was asked for or started, oldest first. */
async function verifications({ services }: ServicesWorld) {
  const { items } = await services.jobs.page(MEMORY, { limit: 50 });
  return items.filter(({ work }) => work.kind === "verify-backup").reverse();
}

describe("the proof after each backup", () => {
  test("reads every byte back by itself, as Snapdeck, and is audited so", async () => {
    const world = await servicesWorld({ verifyAfterBackup: true });
    const backupId = await backedUp(world);
    await expect.poll(async () => (await world.services.backups.get(MEMORY, backupId)).proof.level).toBe("L2");
    const [job] = await verifications(world);
    expect(job).toMatchObject({ requestedBy: "system", work: { backupId, level: "L2" } });
    const { items } = await world.services.audit.page(20);
    expect(items.find(({ act }) => act === "backup.verify")).toMatchObject({ actor: "system", origin: "system" });
  });

  test("is made up for by the next server, one backup at a time, the oldest first", async () => {
    const first = await servicesWorld();
    const ids = [await backedUp(first), await backedUp(first), await backedUp(first)];
    await first.stop();
    const { database, engine } = first;
    engine.holdAt("reading");
    const second = await servicesWorld({ database, engine, owner: "bff-2", verifyAfterBackup: true });
    await expect.poll(async () => (await verifications(second)).length).toBe(1);
    await backedUp(second);
    expect(await verifications(second)).toHaveLength(1);
    engine.release("reading");
    await expect.poll(async () => (await verifications(second)).length, { timeout: 5_000 }).toBe(4);
    const verifiedIds = (await verifications(second)).map(({ work }) => ("backupId" in work ? work.backupId : ""));
    expect(verifiedIds.slice(0, 3)).toEqual(ids);
  });

  test("is started once, however many servers look", async () => {
    const first = await servicesWorld({ owner: "one", verifyAfterBackup: true });
    const { database, engine } = first;
    const second = await servicesWorld({ owner: "two", database, engine, verifyAfterBackup: true });
    for (const world of [first, second]) {
      const backupId = await backedUp(world);
      await expect.poll(async () => (await world.services.backups.get(MEMORY, backupId)).proof.level).toBe("L2");
    }
    expect(await verifications(first)).toHaveLength(2);
  });

  test("that failed is not tried again and again, and a second server does not either", async () => {
    const world = await servicesWorld({
      verifyAfterBackup: true,
      prepare: ({ systemBackups }) => {
        systemBackups.verify = () => {
          throw new Error("it always fails");
        };
      },
    });
    await backedUp(world);
    await expect
      .poll(async () => (await verifications(world)).map(({ state }) => state.name), { timeout: 5_000 })
      .toEqual(["failed"]);
    const { database, engine } = world;
    const second = await servicesWorld({ owner: "two", database, engine, verifyAfterBackup: true });
    const next = await backedUp(second);
    await expect.poll(async () => (await second.services.backups.get(MEMORY, next)).proof.level).toBe("L2");
    expect((await verifications(world)).map(({ state }) => state.name)).toEqual(["failed", "succeeded"]);
  });

  test("that found the store away is tried again later, and not at once", async () => {
    let skewMs = 0;
    let away = true;
    const world = await servicesWorld({
      verifyAfterBackup: true,
      clock: () => new Date(Date.now() + skewMs).toISOString(),
      prepare: ({ systemBackups }) => {
        const verify = systemBackups.verify.bind(systemBackups);
        systemBackups.verify = (order, signal) => {
          if (away) throw new SnapdeckError("store-unavailable", "the store did not answer");
          return verify(order, signal);
        };
      },
    });
    const states = async () => (await verifications(world)).map(({ state }) => state.name);
    const first = await backedUp(world);
    await expect.poll(states).toEqual(["failed"]);
    await backedUp(world);
    await expect.poll(states).toEqual(["failed", "failed"]);
    away = false;
    skewMs = 11 * 60_000;
    await backedUp(world);
    await expect.poll(async () => (await world.services.backups.get(MEMORY, first)).proof.level).toBe("L2");
    await expect.poll(states).toEqual(["failed", "failed", "succeeded", "succeeded", "succeeded"]);
  });

  test("leaves backups alone that are older than a day, and can be switched off", async () => {
    let skewMs = -25 * 3_600_000;
    const clock = () => new Date(Date.now() + skewMs).toISOString();
    const first = await servicesWorld({ clock });
    const old = await backedUp(first);
    await first.stop();
    skewMs = 0;
    const { database, engine } = first;
    const second = await servicesWorld({ database, engine, clock, owner: "bff-2", verifyAfterBackup: true });
    const young = await backedUp(second);
    await expect.poll(async () => (await second.services.backups.get(MEMORY, young)).proof.level).toBe("L2");
    expect((await second.services.backups.get(MEMORY, old)).proof.level).toBe("L1");
  });
});

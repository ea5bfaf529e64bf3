import { BackupId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { backupOfManifest } from "@snapdeck/core/backups/backup-of-manifest";
import { describe, expect, test } from "vitest";
import { BackupCatalog } from "../src/backups/backup-catalog.ts";
import { CatalogSync } from "../src/backups/catalog-sync.ts";
import { StoreReader } from "../src/backups/store-reader.ts";
import { ClusterEvents } from "../src/clusters/cluster-events.ts";
import { createLog } from "../src/log.ts";
import { ADMIN, backedUp, MEMORY, type ServicesWorld, servicesWorld } from "./services-world.ts";

const log = createLog("silent");

/** Puts copies of a real backup into the catalog: one a minute, of sizes that repeat. */
async function withBackups(world: ServicesWorld, count: number): Promise<BackupCatalog> {
  const template = backupOfManifest(await world.cluster.systemBackups.read(await backedUp(world)));
  const catalog = new BackupCatalog(world.database.db);
  await catalog.drop(MEMORY, template.id);
  for (let n = 0; n < count; n += 1) {
    const copy = {
      ...template,
      id: BackupId.parse(`b-${n}`),
      takenAt: new Date(Date.parse("2026-11-01T00:00:00.000Z") + n * 60_000).toISOString(),
      sizeBytes: (n % 7) * 1_000,
      requestedBy: n % 10 === 0 ? "Ana_1" : "bob",
    };
    await catalog.put(copy, template.takenAt);
  }
  return catalog;
}

function syncOf(world: ServicesWorld): CatalogSync {
  return new CatalogSync({
    catalog: new BackupCatalog(world.database.db),
    reader: new StoreReader(),
    events: new ClusterEvents(log),
    clock: () => new Date().toISOString(),
    log,
  });
}

describe("the list of backups", () => {
  test.each(["newest", "oldest", "largest", "smallest"] as const)(
    "sorted by %s holds each backup once over all its pages",
    async (sort) => {
      const world = await servicesWorld();
      await withBackups(world, 40);
      const seen: { id: string; takenAt: string; sizeBytes: number }[] = [];
      let cursor: string | undefined;
      do {
        const page = await world.services.backups.page(MEMORY, {
          sort,
          limit: 7,
          ...(cursor === undefined ? {} : { cursor }),
        });
        expect(page.total).toBe(40);
        seen.push(...page.items);
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
      expect(new Set(seen.map(({ id }) => id)).size).toBe(40);
      const keys = seen.map(({ takenAt, sizeBytes }) =>
        sort === "newest" || sort === "oldest" ? Date.parse(takenAt) : sizeBytes,
      );
      const rising = [...keys].sort((a, b) => a - b);
      expect(keys).toEqual(sort === "newest" || sort === "largest" ? rising.reverse() : rising);
    },
  );

  test("is searched by id, day and who asked for it, in any case, and wildcards stand for themselves", async () => {
    const world = await servicesWorld();
    await withBackups(world, 40);
    const total = async (search: string) =>
      (await world.services.backups.page(MEMORY, { sort: "newest", limit: 5, search })).total;
    expect(await total("B-39")).toBe(1);
    expect(await total("ana_")).toBe(4);
    expect(await total("2026-11-01")).toBe(40);
    expect(await total("%")).toBe(0);
    expect(await total("b_b")).toBe(0);
    expect(await total("")).toBe(40);
  });

  test("a cursor that no page answered is refused", async () => {
    const world = await servicesWorld();
    await expect(
      world.services.backups.page(MEMORY, { sort: "newest", limit: 5, cursor: "nonsense" }),
    ).rejects.toMatchObject({ code: "bad-request" });
  });
});

describe("the catalog", () => {
  test("is made anew from the store by a server that lost its state", async () => {
    const first = await servicesWorld();
    const ids = [await backedUp(first), await backedUp(first)];
    const second = await servicesWorld({ engine: first.engine });
    const page = await second.services.backups.page(MEMORY, { sort: "oldest", limit: 5 });
    expect(page.items.map((backup) => backup.id).sort()).toEqual([...ids].sort());
    expect(page.items).toEqual((await first.services.backups.page(MEMORY, { sort: "oldest", limit: 5 })).items);
  });

  test("follows what others add to and remove from the store", async () => {
    const world = await servicesWorld();
    const gone = await backedUp(world);
    const stays = await backedUp(world);
    world.engine.snapshots.delete(gone);
    await syncOf(world).sync(world.cluster);
    const page = await world.services.backups.page(MEMORY, { sort: "newest", limit: 5 });
    expect(page.items.map((backup) => backup.id)).toEqual([stays]);
    await expect(world.services.backups.get(MEMORY, gone)).rejects.toMatchObject({ code: "backup-not-found" });
  });

  test("stays as it was when the store cannot be listed", async () => {
    const world = await servicesWorld();
    await backedUp(world);
    world.cluster.systemBackups.list = async () => {
      throw new SnapdeckError("store-unavailable", "the store did not answer");
    };
    await expect(syncOf(world).sync(world.cluster)).rejects.toMatchObject({ code: "store-unavailable" });
    expect((await world.services.backups.page(MEMORY, { sort: "newest", limit: 5 })).total).toBe(1);
  });

  test("stays as it was while the store is not mounted, which looks like an empty one", async () => {
    const world = await servicesWorld();
    const backupId = await backedUp(world);
    const { engine, cluster, services } = world;
    const mounted = [...engine.snapshots];
    engine.snapshots.clear();
    cluster.systemBackups.wasUsed = async () => false;
    const isAway = { code: "store-unavailable", hint: expect.stringContaining("Mount the store again") };
    await expect(syncOf(world).sync(cluster)).rejects.toMatchObject(isAway);
    await expect(services.backups.planRestore(MEMORY, backupId, ADMIN)).rejects.toMatchObject(isAway);
    await expect(services.backups.start(MEMORY, ADMIN)).rejects.toMatchObject(isAway);
    const deletion = { kind: "delete-backup", backupId } as const;
    await expect(services.jobs.start(MEMORY, deletion, ADMIN)).rejects.toMatchObject(isAway);
    expect((await services.backups.get(MEMORY, backupId)).id).toBe(backupId);
    for (const [id, snapshot] of mounted) engine.snapshots.set(id, snapshot);
    cluster.systemBackups.wasUsed = async () => true;
    await services.backups.planRestore(MEMORY, backupId, ADMIN);
  });

  test.each(["backup-unusable", "store-unavailable"] as const)(
    "does not list a backup that cannot be read (%s), and lists the others",
    async (code) => {
      const first = await servicesWorld();
      const backups = [await backedUp(first), await backedUp(first), await backedUp(first)];
      const bad = (await first.cluster.systemBackups.list())[0];
      const second = await servicesWorld({
        engine: first.engine,
        prepare: ({ systemBackups }) => {
          const read = systemBackups.read.bind(systemBackups);
          systemBackups.read = async (id) => {
            if (id === bad) throw new SnapdeckError(code, "its manifest stands on a bad sector");
            return read(id);
          };
        },
      });
      const page = await second.services.backups.page(MEMORY, { sort: "newest", limit: 5 });
      const good = backups.filter((id) => id !== bad);
      expect(page.items.map((backup) => backup.id).toSorted()).toEqual(good.toSorted());
    },
  );
});

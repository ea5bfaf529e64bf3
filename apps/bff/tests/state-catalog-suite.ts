import { Backup } from "@snapdeck/contract/backup";
import { describe, expect, test } from "vitest";
import { BackupCatalog } from "../src/backups/backup-catalog.ts";
import { cursorAfter } from "../src/backups/catalog-cursor.ts";
import type { StateDb } from "../src/state/state-tables.ts";
import { at, LOCAL } from "./job-store-fixtures.ts";

/** Names that some languages sort in another order than their bytes. */
const NAMES = ["b-1", "a-1", "z-9", "a1", "a-10", "10", "9", "ab", "a-b", "b1"];

function aBackup(id: string, n: number): Backup {
  return Backup.parse({
    id,
    clusterId: LOCAL,
    takenAt: at((n % 3) * 60),
    completedAt: at(n * 60),
    tookMs: 1,
    sizeBytes: (n % 4) * 1_000_000_000_000,
    files: 1,
    databases: 1,
    tables: 1,
    rows: 1,
    ranks: 1,
    engineVersion: "26.7",
    requestedBy: n % 2 === 0 ? "Ana_1" : "bob",
    manifestSha256: "a".repeat(64),
    proof: { level: "L1", provenAt: at(n) },
    proofs: [{ level: "L1", provenAt: at(n) }],
  });
}

/** What the list of backups promises on every state database; `open` answers a fresh one. */
export function catalogSuite(name: string, open: () => Promise<StateDb>): void {
  const filled = async () => {
    const db = await open();
    const catalog = new BackupCatalog(db);
    for (const [n, id] of NAMES.entries()) await catalog.put(aBackup(id, n), at(n));
    return { db, catalog };
  };

  const allPages = async (catalog: BackupCatalog, sort: "newest" | "oldest" | "largest" | "smallest") => {
    const items: Backup[] = [];
    for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
      const page = await catalog.page(LOCAL, { sort, limit: 3, ...(cursor === undefined ? {} : { cursor }) });
      expect(page.total).toBe(NAMES.length);
      items.push(...page.items);
      cursor = page.next ?? undefined;
    }
    return items;
  };

  describe(`${name}: the list of backups`, () => {
    test.each(["newest", "oldest", "largest", "smallest"] as const)(
      "sorted by %s is the same on every database, over all its pages",
      async (sort) => {
        const { catalog } = await filled();
        const byId = (a: Backup, b: Backup) => (a.id < b.id ? -1 : 1);
        const keyOf = ({ takenAt, sizeBytes }: Backup) =>
          sort === "newest" || sort === "oldest" ? Date.parse(takenAt) : sizeBytes;
        const rising = NAMES.map((id, n) => aBackup(id, n)).sort((a, b) => keyOf(a) - keyOf(b) || byId(a, b));
        const wanted = sort === "newest" || sort === "largest" ? rising.reverse() : rising;
        expect(await allPages(catalog, sort)).toEqual(wanted);
      },
    );

    test("is searched in any case, and wildcards stand for themselves", async () => {
      const { catalog } = await filled();
      const found = async (search: string) => (await catalog.page(LOCAL, { sort: "newest", limit: 5, search })).total;
      expect(await found("Z-9")).toBe(1);
      expect(await found("ana_")).toBe(5);
      expect(await found("2026-11-22")).toBe(NAMES.length);
      expect(await found("%")).toBe(0);
      expect(await found("\\")).toBe(0);
      expect(await found("a_b")).toBe(0);
    });

    test("refuses a cursor that no page answered, whatever stands in it", async () => {
      const { catalog } = await filled();
      const cursors = [
        "nonsense",
        cursorAfter("newest", "x", "a"),
        cursorAfter("largest", "many", "a"),
        cursorAfter("largest", 1.5, "a"),
      ];
      for (const cursor of cursors) {
        await expect(catalog.page(LOCAL, { sort: "largest", limit: 5, cursor })).rejects.toMatchObject({
          code: "bad-request",
        });
      }
    });

    test("shows the newest, and what changed is counted once for those who look again", async () => {
      const { db, catalog } = await filled();
      const revision = async () =>
        (await db.selectFrom("catalog_marks").select("revision").executeTakeFirst())?.revision;
      const before = (await revision()) ?? 0;
      expect(before).toBe(NAMES.length);
      const [first = "", second = ""] = NAMES;
      await catalog.put(aBackup(first, 0), at(1_000));
      expect(await revision()).toBe(before);
      await catalog.put(aBackup(first, 20), at(1_001));
      await catalog.drop(LOCAL, aBackup(second, 1).id);
      await catalog.drop(LOCAL, aBackup(second, 1).id);
      expect(await revision()).toBe(before + 2);
      expect(await catalog.get(LOCAL, aBackup(first, 0).id)).toEqual(aBackup(first, 20));
      expect((await catalog.summary(LOCAL)).count).toBe(NAMES.length - 1);
    });
  });
}

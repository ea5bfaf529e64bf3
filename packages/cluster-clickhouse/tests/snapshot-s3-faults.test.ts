import type { DatabaseBackupStore } from "@snapdeck/core/ports/database-backup-store";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { NEVER, reportsOf } from "./embedded-host.ts";
import { type Deed, FaultWorld } from "./s3-fault-world.ts";
import type { Harm } from "./s3-place.ts";

/** All works with all faults at all their moments, and not only a few of each, where SNAPDECK_S3_FAULTS says `all`. */
const ALL = process.env["SNAPDECK_S3_FAULTS"] === "all";

/** In milliseconds: our watch of 3 s over the engine, its end, and what of a call the store lets pass, several times over. */
const BOUND_MS = 90_000;

/** How work may end, but for a success. */
const FORESEEN = /^(?:store-unavailable|no-progress)$/;
/** Who is told that a file ends early cannot know that it does not. */
const CUT_SHORT = /^(?:backup-unusable|proof-failed)$/;

let it: FaultWorld;

beforeAll(async () => {
  it = await FaultWorld.open();
});
afterEach(() => it.s3.arm(undefined));
afterAll(() => it[Symbol.asyncDispose]());

const at = ({ place }: FaultWorld, store: DatabaseBackupStore) => ({ ...place, store });

const WORKS: Record<string, Deed> = {
  "taking an incremental": {
    left: "take",
    run: (it, store, order) => it.world.backups.take({ ...it.world.incremental("chain"), ...order, store }, NEVER),
  },
  "taking one that meets a cap": {
    left: "take",
    run: (it, store, order) => {
      const request = it.world.incremental("chain", { maxIncrementalBackupsToKeep: 1 });
      return it.world.backups.take({ ...request, ...order, store }, NEVER);
    },
  },
  DELETE_INTERMEDIATE_BACKUPS: {
    left: "take",
    run: (it, store, order) =>
      it.world.backups.take({ ...it.world.differential("chain", true), ...order, store }, NEVER),
  },
  merging: {
    left: "alter",
    run: (it, store, order) => it.world.backups.alter({ ...at(it, store), ...order, action: "merge" }, NEVER),
  },
  purging: {
    left: "alter",
    run: (it, store, order) =>
      it.world.backups.alter({ ...at(it, store), ...order, action: "purge", snapshotId: it.before(1) }, NEVER),
  },
  dropping: {
    left: "drop",
    run: (it, store, order) => it.world.backups.drop({ ...order, store, backups: [it.place.backup] }, NEVER),
  },
  restoring: {
    left: "restore",
    run: (it, store, order) => {
      const request = {
        objects: [{ type: "ALL", name: "a" }],
        policy: "replace",
        renamedObjectsSchema: "unused",
        createSchemas: true,
        ddlOnly: false,
        targetSchemas: new Map([["a", "back"]]),
        snapshotId: it.before(1),
        checksum: false,
      } as const;
      return it.world.backups.restore({ ...at(it, store), ...order, ...request }, NEVER);
    },
  },
  verifying: {
    left: "restore",
    run: (it, store, order) => it.world.backups.verify({ ...order, store, backups: [it.place.backup] }, NEVER),
  },
};

/** Where each is in the middle: the requests that come then, and how many of them pass. */
const MOMENTS: readonly (readonly [work: keyof typeof WORKS, moment: string, at: RegExp, after: number])[] = [
  ["taking an incremental", "the engine writes", /^PUT \S*data\/a/, 2],
  ["taking an incremental", "it is listed", /^PUT \S*chain\.mdb/, 0],
  ["taking one that meets a cap", "files are handed on", /^PUT \S*x-id=CopyObject/, 1],
  ["taking one that meets a cap", "the others are removed", /^DELETE/, 2],
  ["DELETE_INTERMEDIATE_BACKUPS", "the others are removed", /^DELETE/, 3],
  ["merging", "files are copied", /^PUT \S*x-id=CopyObject/, 3],
  ["merging", "it is listed", /^PUT \S*ki_backup_info/, 0],
  ["purging", "files are handed on", /^PUT \S*x-id=CopyObject/, 1],
  ["purging", "the engine's account is exchanged", /^PUT \S*\.backup/, 0],
  ["dropping", "files are removed", /^DELETE/, 4],
  ["restoring", "the engine reads", /^GET \S*data\/a/, 4],
  ["verifying", "files are read", /^GET \S*data\/a/, 4],
];

const HARMS: Record<string, () => Promise<Harm>> = {
  "is slow": async () => ({ kind: "slow", bytesPerSecond: 20_000 }),
  "resets connections": async () => ({ kind: "reset", afterBytes: 0 }),
  "answers 503": () => it.s3.refusal(503, "SlowDown"),
  "cuts its answers": async () => ({ kind: "shorten", toBytes: 10 }),
  "never answers": async () => ({ kind: "black-hole" }),
};

const EACH = MOMENTS.flatMap(([work, moment, from, after]) =>
  Object.keys(HARMS).map((how) => ({ work, moment, from, after, how })),
);

/** What is tried with all other tests: each work and each fault. */
const FEW: readonly string[] = [
  "taking an incremental: the engine writes, resets connections",
  "taking one that meets a cap: files are handed on, answers 503",
  "DELETE_INTERMEDIATE_BACKUPS: the others are removed, cuts its answers",
  "merging: files are copied, resets connections",
  "purging: the engine's account is exchanged, never answers",
  "dropping: files are removed, answers 503",
  "restoring: the engine reads, cuts its answers",
  "verifying: files are read, is slow",
];

describe("A bucket that goes wrong in the middle", () => {
  test.each(EACH.filter(({ work, moment, how }) => ALL || FEW.includes(`${work}: ${moment}, ${how}`)))(
    "of $work, when $moment, and $how from there on: one end, and every snapshot that is listed is whole",
    async ({ work, from, after, how }) => {
      const [deed, harm] = [WORKS[work], await HARMS[how]?.()];
      if (deed === undefined || harm === undefined) throw new Error("there is no such case");
      await it.reset();
      const before = await it.world.contents("back");
      const began = performance.now();
      const failure = await it.underFault(deed, harm, { from: { at: from, after } });
      const took = performance.now() - began;
      expect(took).toBeLessThan(BOUND_MS);
      const isCut = how === "cuts its answers" && CUT_SHORT.test(failure?.code ?? "");
      if (failure !== undefined && !isCut) expect(failure.code, failure.detail).toMatch(FORESEEN);
      expect(String(failure?.detail)).not.toContain(it.s3.secret);
      const found = await it.world.contents("back");
      const restored = { ...it.held.get(it.before(1)) };
      expect(work === "restoring" && failure === undefined ? [restored] : [before, restored]).toContainEqual(found);
      expect(await it.staging()).toEqual([]);
      const isUnfinished = await it.isUnfinished();
      if (isUnfinished) expect(await it.differences()).toEqual([]);
      if (isUnfinished || ALL) await it.goOn();
      expect(await it.strays()).toEqual([]);
      expect(await it.differences()).toEqual([]);
    },
  );
});

test("A snapshot that fails between the parts of a large file leaves none behind, although the engine could not take it back", async () => {
  const { world, s3, host } = it;
  await host.run(
    "CREATE DATABASE big",
    "CREATE TABLE big.p (s String CODEC(NONE)) ENGINE = MergeTree ORDER BY tuple()",
    "INSERT INTO big.p SELECT randomPrintableASCII(400) FROM numbers(100000)",
  );
  s3.arm(await s3.refusal(503, "SlowDown"), { on: /^(?:PUT \S*partNumber=[2-9]|DELETE|POST \S*uploadId)/ });
  const order = world.order();
  const { store, backup } = world.place("large");
  const failed = world.backups.take({ ...world.full("large", "big"), ...order }, NEVER);
  await expect(reportsOf(failed)).rejects.toMatchObject({ code: expect.stringMatching(FORESEEN) });
  s3.arm(undefined);
  expect((await s3.contents("large")).uploads).not.toEqual([]);
  await world.backups.discard({ jobId: order.jobId, deed: "take", store, backups: [backup] });
  expect(await s3.contents("large")).toEqual({ files: new Map(), uploads: [] });
});

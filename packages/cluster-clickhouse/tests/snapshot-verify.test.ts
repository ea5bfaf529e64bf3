import { rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { WorkReport } from "@snapdeck/core/ports/cluster";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ChainWorld, refusal } from "./chain-world.ts";
import { aSealer, confirmedBy, NEVER, reportsOf } from "./embedded-host.ts";
import { flip } from "./proof-world.ts";
import { filesBelow } from "./store-tricks.ts";

let chain: ChainWorld;
/** full, incremental, incremental, differential, incremental */
let ids: number[];
const idAt = (at: number) => ids[at] ?? 0;

beforeAll(async () => {
  chain = await ChainWorld.open();
  ids = await chain.ids();
});
beforeEach(() => chain.reset());
afterAll(() => chain[Symbol.asyncDispose]());

function verify(snapshotId?: number, signal = NEVER, store = chain.world.store) {
  const { backup } = chain.place;
  return chain.world.backups.verify({ store, backups: [backup], snapshotId, ...chain.world.order() }, signal);
}

/** What it says when it fails. */
async function fault(snapshotId?: number): Promise<string> {
  const thrown = await reportsOf(verify(snapshotId)).catch((failure: unknown) => failure);
  if (!(thrown instanceof SnapdeckError)) throw new Error(`it ended with ${JSON.stringify(thrown)}`);
  return `${thrown.code}: ${thrown.detail}`;
}

describe("VERIFY BACKUP", () => {
  test("reads every byte of every snapshot, those once that several share, and changes nothing", async () => {
    const before = await chain.print();
    const reports = await reportsOf(verify());
    expect(reports.at(-1)).toMatchObject({ type: "confirmed", evidence: { deed: "verify", backups: ["all"] } });
    const { snapshots } = await chain.world.info("all");
    const sizeBytes = snapshots.reduce((sum, { kept }) => sum + kept.sizeBytes, 0);
    expect(lastProgress(reports)).toMatchObject({ rank: 0, bytesDone: sizeBytes, bytesTotal: sizeBytes });
    expect(await chain.print()).toEqual(before);
  });

  test("of one snapshot reads that and what it builds on", async () => {
    const reports = await reportsOf(verify(idAt(1)));
    expect(reports.at(-1)).toMatchObject({ type: "confirmed", evidence: { snapshotId: idAt(1) } });
    await flip(await chain.fileOf(idAt(4), /parts\/data\/.*s\.bin$/));
    await confirmedBy(verify(idAt(1)));
    await flip(await chain.fileOf(idAt(0), /parts\/data\/a\/wide\/.*s\.bin$/));
    expect(await fault(idAt(1))).toContain("proof-failed");
    expect(await refusal(verify(42))).toBe("snapshot-not-found");
  });

  test("passes what was folded and merged, and finds a changed byte there, too", async () => {
    await chain.altered({ action: "purge", snapshotId: idAt(1) });
    await confirmedBy(verify());
    const folded = await chain.fileOf(idAt(2), /folded\/.*s\.bin$/);
    await flip(folded);
    expect(await fault()).toContain("folded/");
    await flip(folded);
    await chain.altered({ action: "merge" });
    await confirmedBy(verify());
  });

  test.each([
    ["a changed byte", flip, "holds other bytes than were backed up"],
    ["a truncated file", (file: string) => truncate(file, 1), "has 1 of"],
    ["a missing file", (file: string) => rm(file), "is missing"],
  ] as const)("finds %s, and names the file", async (_, damage, words) => {
    const file = await chain.fileOf(idAt(0), /parts\/data\/a\/wide\/.*s\.bin$/);
    await damage(file);
    const said = await fault();
    expect(said).toContain("proof-failed: 1 file of backup all at fault");
    expect(said).toContain(file.slice(chain.folder.length + 1));
    expect(said).toContain(words);
  });

  test("names every file of every backup that is at fault, and which snapshots need one of them", async () => {
    const { world } = chain;
    await world.take(world.full("second", "a"));
    await world.take(world.full("unread", "a"));
    const whole = (await chain.world.info("all")).snapshots.map(({ id }) => Number(id));
    const old = await chain.fileOf(idAt(0), /parts\/data\/a\/wide\/.*s\.bin$/);
    const young = await chain.fileOf(idAt(4), /parts\/data\/.*s\.bin$/);
    const second = join(chain.host.backupRoot, "second");
    const third = (await filesBelow(second)).find((file) => file.endsWith("/n.bin")) ?? "";
    await flip(old);
    await rm(young);
    await truncate(third, 1);
    await truncate(join(chain.host.backupRoot, "unread", "ki_backup_info.json"), 5);
    const backups = ["all", "second", "unread"].map((name) => world.place(name).backup);
    const thrown = await reportsOf(
      world.backups.verify({ store: world.store, backups, ...world.order() }, NEVER),
    ).catch((failure: unknown) => failure);
    const said = thrown instanceof SnapdeckError ? `${thrown.code}: ${thrown.detail}` : String(thrown);
    expect(said).toContain("proof-failed: 4 files of backups all, second, unread at fault");
    const root = chain.host.backupRoot.length + 1;
    expect(said).toContain(`${old.slice(root)} holds other bytes`);
    expect(said).toContain(`${young.slice(root)} is missing`);
    expect(said).toContain(`${third.slice(root)} has 1 of`);
    expect(said).toContain("unread cannot be read");
    for (const id of whole) expect(said).toContain(`all/${id}`);
    await rm(second, { recursive: true });
    await rm(join(chain.host.backupRoot, "unread"), { recursive: true });
  });

  test("names the first of many, and counts the rest", async () => {
    const files = (await filesBelow(join(chain.folder, String(idAt(0))))).filter((file) =>
      /\/data\/.*\.(bin|mrk|cmrk2|idx)$/.test(file),
    );
    const others = (await filesBelow(chain.folder)).filter(
      (file) => /\/data\/.*\.(bin|txt)$/.test(file) && !files.includes(file),
    );
    for (const file of [...files, ...others]) await rm(file);
    const said = await fault();
    expect(said).toMatch(
      /^proof-failed: \d+ files of backup all at fault: .* is missing, and \d+ more; these snapshots/,
    );
    expect(said.match(/is missing/g)).toHaveLength(20);
  });

  test("of a backup that goes while it is read says so, and nothing of its files", async () => {
    const files = { ...chain.world.store.files };
    const { folder } = chain;
    const store = {
      ...chain.world.store,
      files: Object.assign(Object.create(chain.world.store.files), files, {
        digest: async (...args: Parameters<typeof chain.world.store.files.digest>) => {
          await rm(folder, { recursive: true, force: true });
          return chain.world.store.files.digest(...args);
        },
      }),
    };
    expect(await refusal(verify(undefined, NEVER, store))).toBe("store-unavailable");
  });

  test.each([
    ["the list of files of a snapshot", (id: number) => `${id}/${id}.mdb`],
    ["the engine's account of a folder", (id: number) => `${id}/rank-0/tom-0/parts/.backup`],
    ["the objects of the snapshots", () => "all.mdb"],
  ] as const)("finds a change in %s", async (_, path) => {
    await flip(join(chain.folder, path(idAt(0))));
    expect(await fault()).toMatch(new RegExp(`proof-failed: .*${path(idAt(0)).replaceAll(".", "\\.")}`));
  });

  test("of what another console signed compares it with what it says of itself, and says so", async () => {
    const evidence = await confirmedBy(verify(undefined, NEVER, await chain.world.storeOf(aSealer())));
    expect(evidence).toMatchObject({ warning: expect.stringContaining("did not sign all") });
  });

  test("stops when it is asked to, and reads a backup while its removal is unfinished", async () => {
    const stop = new AbortController();
    const reports: WorkReport[] = [];
    for await (const report of verify(undefined, stop.signal)) {
      reports.push(report);
      stop.abort();
    }
    expect(reports.at(-1)).toEqual({ type: "stopped" });
    const nowhere = {
      store: chain.world.store,
      backups: [chain.world.place("nowhere").backup],
      ...chain.world.order(),
    };
    expect(await refusal(chain.world.backups.verify(nowhere, NEVER))).toBe("backup-not-found");
  });
});

function lastProgress(reports: readonly WorkReport[]) {
  const last = reports.findLast((report) => report.type === "progress");
  return last?.ranks[0];
}

import { mkdir, readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ProofRecord } from "@snapdeck/contract/proof";
import { BackupId } from "@snapdeck/contract/scalars";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { anOrder, aSealer, confirmedBy, NEVER } from "./embedded-host.ts";
import { flip, ProofWorld } from "./proof-world.ts";
import { filesBelow } from "./store-tricks.ts";

let world: ProofWorld;

beforeAll(async () => {
  world = await ProofWorld.start();
});
afterAll(() => world[Symbol.asyncDispose]());

/** Every story has a backup of its own, and begins on a running cluster. */
beforeEach(() => world.backUp());

describe("I5: a record of a proof", () => {
  test.each<{ name: string; forge: (record: ProofRecord) => Promise<unknown> }>([
    { name: "that another console signed", forge: async (record) => ({ ...record, signature: aSealer().seal("x") }) },
    { name: "without a signature", forge: async ({ signature: _, ...record }) => record },
    { name: "that was edited", forge: async (record) => ({ ...record, faults: [], faultsTotal: 0 }) },
    { name: "that was moved to another time", forge: async (r) => ({ ...r, provenAt: "2099-01-01T00:00:00.000Z" }) },
    { name: "of another backup", forge: async (record) => ({ ...record, backupId: BackupId.parse("other") }) },
    { name: "that is no record", forge: async () => ({ format: "something else" }) },
  ])("$name is not believed", async ({ forge }) => {
    await flip(await world.fileLike(/\/log\/id\.bin$/));
    await expect(world.verify()).rejects.toMatchObject({ code: "proof-failed" });
    const before = await world.proofs();
    const [name = ""] = await readdir(world.proofsFolder);
    const record = ProofRecord.parse(JSON.parse(await readFile(join(world.proofsFolder, name), "utf8")));
    const forged = JSON.stringify(await forge(record));
    await writeFile(join(world.proofsFolder, "4070908800000-L3-forged.json"), forged);
    expect(await world.proofs()).toEqual(before);
  });

  test("of another backup of ours does not speak for this one", async () => {
    await world.verify();
    const [name = ""] = await readdir(world.proofsFolder);
    const contents = await readFile(join(world.proofsFolder, name));
    await world.backUp();
    await mkdir(world.proofsFolder);
    await writeFile(join(world.proofsFolder, name), contents);
    expect(await world.proofs()).toEqual([]);
  });

  test("is found among whatever else lies in its folder, and goes with the backup", async () => {
    await world.verify();
    await mkdir(join(world.proofsFolder, "folder"));
    await writeFile(join(world.proofsFolder, "folder/4070908800000-L2-x.json"), "{}");
    await writeFile(join(world.proofsFolder, "notes.txt"), "x");
    await writeFile(join(world.proofsFolder, "4070908800000-L2-large.json"), "");
    await truncate(join(world.proofsFolder, "4070908800000-L2-large.json"), 100 * 1024 * 1024);
    expect((await world.standing()).proof.level).toBe("L2");
    await confirmedBy(world.cluster.systemBackups.remove({ ...anOrder(), backupId: world.backupId }, NEVER));
    expect(await filesBelow(world.backupFolder)).toEqual([]);
  });

  test("I6: is read by a console that lost its state, as long as it has the key", async () => {
    await world.verify();
    expect((await world.standing(await world.host.cluster())).proof.level).toBe("L2");
  });
});

describe("I7: a restore of a backup that failed a proof", () => {
  test("is refused as suspect, is tried when an admin accepts that, and is not swapped in when its rows differ", async () => {
    // Near its beginning: the engine tries bit after bit to find the one that was flipped, and takes minutes for a late one.
    await flip(await world.fileLike(/\/wide\/.*\/noise\.bin$/), 100);
    await expect(world.verify()).rejects.toMatchObject({ code: "proof-failed" });
    await world.suspend();
    const order = world.restoreOrder();
    await expect(world.restore(order)).rejects.toMatchObject({ code: "backup-suspect" });
    expect(await world.host.host.restore(order.jobId), "the engine never saw it").toBeUndefined();
    const accepted = world.restoreOrder(true);
    await expect(world.restore(accepted)).rejects.toMatchObject({ code: "restore-differs" });
    expect((await world.host.host.restore(accepted.jobId))?.phase).toBe("discarded");
  });

  test("is swapped in when it was accepted and all rows are there", async () => {
    await writeFile(join(await world.fileLike(/\/\.backup$/), "../data/town/planted"), "x");
    await expect(world.verify()).rejects.toMatchObject({ code: "proof-failed" });
    await world.suspend();
    await expect(world.restore(world.restoreOrder())).rejects.toMatchObject({ code: "backup-suspect" });
    expect(await world.restore(world.restoreOrder(true))).toMatchObject({ backupId: world.backupId });
    expect((await world.standing()).suspect, "it is suspect all the same").toBeDefined();
  });

  test.each([
    { name: "a definition", like: /\/metadata\/town\/ids\.sql$/ },
    { name: "the engine's list of files", like: /\/\.backup$/ },
  ])("never reaches the engine when $name was changed, whoever accepts it", async ({ like }) => {
    await flip(await world.fileLike(like));
    await world.suspend();
    for (const acceptSuspect of [false, true]) {
      const order = world.restoreOrder(acceptSuspect);
      await expect(world.restore(order)).rejects.toMatchObject({ code: "backup-unusable" });
      expect(await world.host.host.restore(order.jobId)).toBeUndefined();
    }
    expect((await world.standing()).suspect?.faults).toMatchObject([
      { subject: expect.stringMatching(like), fault: "bytes" },
    ]);
  });

  test("is refused again by the restore itself when nobody knew of the fault, and makes the backup suspect", async () => {
    // RESTORE says nothing of this one.
    await flip(await world.fileLike(/\/log\/id\.bin$/));
    await world.suspend();
    const order = world.restoreOrder();
    await expect(world.restore(order)).rejects.toMatchObject({ code: "backup-suspect" });
    expect((await world.host.host.restore(order.jobId))?.phase).toBe("discarded");
    expect((await world.standing()).suspect?.faults).toMatchObject([
      { subject: expect.stringMatching(/\/log\/id\.bin$/) },
    ]);
  });
});

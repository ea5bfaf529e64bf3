import { CreateMultipartUploadCommand, ListMultipartUploadsCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { DatabaseBackupStore } from "@snapdeck/core/ports/database-backup-store";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ComposingStore } from "../src/database-backup/carry-out.ts";
import { openDatabaseBackupStore } from "../src/database-backup/open-database-backup-store.ts";
import { BackupWorld, NAME, reader, sealer, sealerOf } from "./backup-world.ts";
import { type Fault, FaultProxy, s3Refusal } from "./fault-proxy.ts";
import { openSwiftPlace, type SwiftPlace } from "./swift/swift-place.ts";
import { type SwiftServer, startSwift } from "./swift/swift-server.ts";

let swift: SwiftServer;
let proxy: FaultProxy;
let template: BackupWorld;
let world: BackupWorld;
let place: SwiftPlace;

beforeAll(async () => {
  swift = await startSwift();
  proxy = await FaultProxy.start(swift.url);
  template = await BackupWorld.open(await openSwiftPlace(swift));
  template.live.set("data/a/t/p1/x.bin", "one").set("data/a/log/x.bin", "1").set("metadata/a/t.sql", "CREATE");
  await template.run(await template.take("full"));
  template.live.set("data/a/log/x.bin", "12").set("data/a/t/p2/x.bin", "two");
  await template.run(await template.take("incremental"));
  template.live.set("data/a/log/x.bin", "123");
  await template.run(await template.take("incremental"));
});
afterAll(async () => {
  await template.close();
  await proxy.stop();
  await swift.stop();
});
beforeEach(async () => {
  world = await template.copy();
  place = await openSwiftPlace(swift);
});
afterEach(async () => {
  proxy.arm(undefined);
  await world.close();
  await place.close();
});

const bucket = () => world.root.slice(world.root.lastIndexOf("/") + 1);

function opened(store: ComposingStore, by = sealer): DatabaseBackupStore {
  const engine = { kind: "s3", url: world.root, accessKeyId: "id", secretAccessKey: "secret" } as const;
  return openDatabaseBackupStore({ store, sealer: by, reader, engine });
}

const ids = async () => (await world.info())?.snapshots.map(({ id }) => id) ?? [];

async function expectWhole(): Promise<void> {
  for (const [id, files] of await world.restored()) expect(files, `snapshot ${id}`).toEqual(world.held.get(id));
}

describe("A database backup in a bucket", () => {
  test("stands in the layout that is documented, and is told in full by whoever opens it", async () => {
    const [full = 0, second = 0] = await ids();
    const paths = [...(await world.files()).keys()];
    for (const path of ["ki_backup_info.json", `${NAME}.mdb`, `${full}/${full}.mdb`, `${full}/rank-0/tom-0/.backup`])
      expect(paths).toContain(path);
    expect(paths).toContain(`${second}/rank-0/tom-0/data/a/t/p2/x.bin`);
    expect(await world.unowned()).toEqual([]);

    const store = opened(world.store);
    const [listed, ...others] = await store.list();
    expect(others).toEqual([]);
    expect(listed).toMatchObject({ name: NAME, isSigned: true });
    expect(await opened(world.store, sealerOf("another")).read(NAME)).toMatchObject({ isSigned: false });
    const read = await store.read(NAME);
    if (read === undefined) throw new Error("there is no backup");
    const { bySnapshot } = await store.definitions(read.info);
    expect([...bySnapshot.keys()].map(Number)).toEqual((await ids()).map(Number));
    const view = await store.view(read.info, await ids());
    expect(view.snapshots.size).toBe(3);
    await expectWhole();
  });

  test("is folded, merged and dropped there, without a byte that goes through this server", async () => {
    await world.run(await world.purge(1));
    expect(await ids()).toHaveLength(2);
    await expectWhole();
    expect(await world.unowned()).toEqual([]);
    await world.run(await world.merge());
    expect((await world.info())?.snapshots.map(({ kind }) => kind)).toEqual(["full"]);
    await expectWhole();
    expect(await world.unowned()).toEqual([]);
    await world.run(await world.take("incremental"));
    await expectWhole();
    await world.run(await world.drop());
    expect((await world.files()).size).toBe(0);
    expect(await opened(world.store).list()).toEqual([]);
  });

  test("has no upload in parts left that a dead writer began, however deep, once anything is done to it", async () => {
    const [full = 0] = await ids();
    const Bucket = bucket();
    for (const Key of [`${NAME}/${full}/rank-0/tom-0/folded/1/x.bin`, `${NAME}/1/rank-0/tom-0/x.bin`, "another/x"])
      await swift.client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    await world.run(await world.purge(1));
    const { Uploads: left = [] } = await swift.client.send(new ListMultipartUploadsCommand({ Bucket }));
    expect(left.map(({ Key }) => Key)).toEqual(["another/x"]);
    await expectWhole();
  });

  test("is not replaced by who read what somebody else has replaced since", async () => {
    const [one, other] = [await world.purge(1), await world.purge(2)];
    const standing = (await opened(world.store).read(NAME))?.standing;
    await world.run(one);
    const late = opened(world.store).carryOut(NAME, other, standing, async () => undefined);
    await expect(late).rejects.toMatchObject({ code: "store-changed" });
    await expectWhole();
  });

  test.each(["ki_backup_info.json", `${NAME}.mdb`, "list", "account"])(
    "does not hide what a stranger did to it: %s",
    async (what) => {
      const [, id] = await ids();
      const named: Record<string, string> = { list: `${id}/${id}.mdb`, account: `${id}/rank-0/tom-0/.backup` };
      const Key = `${NAME}/${named[what] ?? what}`;
      for (const Body of ["", "noise".repeat(10_000)]) {
        await swift.client.send(new PutObjectCommand({ Bucket: bucket(), Key, Body }));
        const outcome = await world.view().catch((thrown: unknown) => thrown);
        expect(outcome).toBeInstanceOf(SnapdeckError);
      }
    },
  );
});

const FAULTS: [title: string, fault: Fault, on: RegExp][] = [
  ["cuts the connection at every copy", { kind: "reset", afterBytes: 0 }, /^PUT .*folded|^PUT .*data/],
  ["answers 503 to every PUT", { kind: "answer", text: s3Refusal(503, "SlowDown") }, /^PUT/],
  ["loses the answer to every PUT", { kind: "lost-answer" }, /^PUT/],
  ["is full", { kind: "answer", text: s3Refusal(507, "InsufficientStorage") }, /^PUT/],
  ["cuts every answer short", { kind: "shorten", toBytes: 50 }, /^GET/],
  ["answers 503 to every DELETE", { kind: "answer", text: s3Refusal(503, "SlowDown") }, /^DELETE/],
];

describe("A bucket that", () => {
  /** The same bucket as the world's, through the proxy. */
  const throughProxy = async (): Promise<ComposingStore> => {
    const { S3Store } = await import("../src/s3/s3-store.ts");
    const endpoint = `http://127.0.0.1:${proxy.port}`;
    const { accessKeyId, secretAccessKey } = swift;
    return new S3Store({
      endpoint,
      bucket: bucket(),
      addressing: "path",
      credentials: { accessKeyId, secretAccessKey },
      allowedEndpoints: [endpoint],
      timeouts: { connectMs: 2_000, answerMs: 2_000, callMs: 8_000 },
    });
  };
  const ASKED: Record<string, () => ReturnType<BackupWorld["merge"]>> = {
    merge: () => world.merge(),
    purge: () => world.purge(1),
    drop: () => world.drop(),
    snapshot: () => world.take("incremental"),
  };

  test.each(FAULTS)("%s leaves every listed snapshot whole, and says what is wrong once", async (_, fault, on) => {
    for (const [what, ask] of Object.entries(ASKED)) {
      const steps = await ask();
      const store = await throughProxy();
      proxy.arm(fault, { on });
      const outcome = await world.run(steps, store).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      proxy.arm(undefined);
      if (outcome !== undefined) {
        expect(outcome, what).toBeInstanceOf(SnapdeckError);
        expect(outcome, what).toMatchObject({ hint: expect.anything() });
      }
      await expectWhole();
      for (let rounds = 0; rounds < 2; rounds += 1) await world.run(await world.recovery());
      await expectWhole();
      expect(await world.unowned(), what).toEqual([]);
      await world.close();
      world = await template.copy();
    }
  });
});

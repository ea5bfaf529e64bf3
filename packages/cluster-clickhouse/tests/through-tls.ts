import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { DatabaseBackupName } from "@snapdeck/contract/database-backup";
import { RankEndpoints } from "@snapdeck/contract/host";
import { ClusterId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { z } from "zod";
import { ClickHouseCluster } from "../src/clickhouse-cluster.ts";
import { metadataReader } from "../src/snapshots/metadata-reader.ts";
import { fileDestination } from "../src/sql.ts";
import { anOrder, aSealer, confirmedBy, NEVER } from "./embedded-host.ts";

/**
 * A process of its own, because Node.js reads NODE_EXTRA_CA_CERTS when it starts: takes a snapshot of the schema `a` through servers that
 * nobody starts and stops for us, verifies it, restores it as `back`, and tells whether both are equal.
 */
const OBJECT_STORE = join(fileURLToPath(new URL("../../..", import.meta.url)), "packages/object-store/src");

const Input = z.object({ endpoints: RankEndpoints, storeRoot: z.string(), backupRoot: z.string() });

const { endpoints, storeRoot, backupRoot } = Input.parse(JSON.parse(await text(process.stdin)));
const [{ openDatabaseBackupStore }, { DirectoryStore }] = await Promise.all([
  import(join(OBJECT_STORE, "database-backup/open-database-backup-store.ts")),
  import(join(OBJECT_STORE, "directory-store.ts")),
]);
const sealer = aSealer();
const cluster = new ClickHouseCluster({
  id: ClusterId.parse("remote"),
  name: "remote",
  endpoints,
  store: await DirectoryStore.open(storeRoot),
  engineStore: fileDestination,
  sealer,
  clock: () => new Date().toISOString(),
  newSuffix: () => "x",
});
const store = openDatabaseBackupStore({
  store: await DirectoryStore.open(backupRoot),
  sealer,
  reader: metadataReader,
  engine: { kind: "directory", root: backupRoot },
});
const backup = DatabaseBackupName.parse("secure");
const order = () => ({ ...anOrder(), requestedBy: "ana", store });
const objects = [{ type: "ALL", name: "a" }] as const;

try {
  const { databaseBackups: backups } = cluster;
  const { state } = await cluster.lifecycle.observe();
  const options = { checksum: true, ddlOnly: false };
  const full = { type: "full", ddl: "CREATE BACKUP secure", backup, objects, options, recreate: false } as const;
  await confirmedBy(backups.take({ ...order(), ...full }, NEVER));
  await confirmedBy(backups.verify({ ...order(), backups: [backup] }, NEVER));
  const restore = {
    backup,
    objects,
    policy: "none",
    renamedObjectsSchema: "unused",
    createSchemas: true,
    ddlOnly: false,
    targetSchemas: new Map([["a", "back"]]),
    checksum: true,
  } as const;
  await confirmedBy(backups.restore({ ...order(), ...restore }, NEVER));
  const [live, restored] = [
    await cluster.data.checksum("a", "t", NEVER),
    await cluster.data.checksum("back", "t", NEVER),
  ];
  process.stdout.write(JSON.stringify({ state, rows: restored.rows, isEqual: live.checksum === restored.checksum }));
} catch (thrown) {
  if (!(thrown instanceof SnapdeckError)) throw thrown;
  process.stdout.write(JSON.stringify({ code: thrown.code, detail: thrown.detail, hint: thrown.hint }));
} finally {
  await cluster.close();
}

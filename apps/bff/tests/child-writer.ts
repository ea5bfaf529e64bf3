import { randomUUID } from "node:crypto";
import { BackupId, ClusterId, JobId } from "@snapdeck/contract/scalars";
import { KyselyJobStore } from "../src/state/kysely-job-store.ts";
import { openStateDatabase } from "../src/state/open-state-database.ts";

/** Writes jobs for ever, and says each change on a line of its own once the store acknowledged it. */
const [file = ""] = process.argv.slice(2);
const by = { username: "ana", origin: "127.0.0.1" };
const { db } = await openStateDatabase(file);
const store = new KyselyJobStore(db);
for (let n = 0; ; n += 1) {
  const job = await store.create({
    id: JobId.parse(randomUUID()),
    clusterId: ClusterId.parse("local"),
    work: { kind: "delete-backup", backupId: BackupId.parse(`b-${process.pid}-${n}`) },
    requestedBy: by,
    requestedAt: new Date().toISOString(),
    lock: "shared",
  });
  process.stdout.write(`${JSON.stringify({ seq: job.seq, id: job.id, state: "queued" })}\n`);
  const canceled = await store.requestCancel(job.id, by, new Date().toISOString());
  process.stdout.write(`${JSON.stringify({ seq: canceled.seq, id: job.id, state: "canceled" })}\n`);
}

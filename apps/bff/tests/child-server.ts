import { randomUUID } from "node:crypto";
import { MemoryCluster } from "@snapdeck/cluster-memory/memory-cluster";
import { MemoryEngine } from "@snapdeck/cluster-memory/memory-engine";
import { ClusterId } from "@snapdeck/contract/scalars";
import { buildServices } from "../src/build-services.ts";
import { createLog } from "../src/log.ts";
import { openStateDatabase } from "../src/state/open-state-database.ts";

/** A server in the middle of a backup: says the job's id once it copies, and goes no further. */
const [file = ""] = process.argv.slice(2);
const clock = () => new Date().toISOString();
const engine = new MemoryEngine();
engine.holdAt("copying");
const clusterId = ClusterId.parse("memory");
const { services, start } = buildServices({
  database: await openStateDatabase(file),
  clusters: [new MemoryCluster(engine, clock)],
  clock,
  newId: randomUUID,
  owner: "child",
  log: createLog("silent"),
});
services.clusters.watch(clusterId, (event) => {
  if (event.type === "progress") process.stdout.write(`${event.jobId}\n`);
});
await start();
await services.backups.start(clusterId, { username: "ana", role: "admin", origin: "127.0.0.1", requestId: "r" });

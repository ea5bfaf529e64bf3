import { EmbeddedHost } from "/work/main/packages/cluster-clickhouse/tests/embedded-host.ts";
import { z } from "zod";
const host = await EmbeddedHost.start();
const any = z.record(z.string(), z.unknown());
async function q(s: string) { try { console.log("Q>", s.slice(0, 160)); console.log(JSON.stringify(await host.ask(any, s))); } catch (e: any) { console.log("ERR", e.detail ?? e.message); } }
try {
  await q("SELECT sum(ProfileEvents['ReadBufferFromS3Bytes']) + sum(ProfileEvents['WriteBufferFromFileDescriptorWriteBytes']) AS bytes FROM system.processes WHERE query_id = 'x'");
  await q("SELECT sum(ProfileEvents['ReadBufferFromS3Bytes']) + sum(ProfileEvents['WriteBufferFromFileDescriptorWriteBytes']) AS bytes FROM system.processes");
} finally { await host[Symbol.asyncDispose](); }

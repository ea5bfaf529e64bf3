import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { z } from "zod";
import { EmbeddedHost } from "./embedded-host.ts";
const R = fileURLToPath(new URL("../../..", import.meta.url));
const Any = z.record(z.string(), z.unknown());
test("x", async () => {
  const { startSwift } = await import(join(R, "packages/object-store/tests/swift/swift-server.ts"));
  const { FaultProxy, s3Refusal } = await import(join(R, "packages/object-store/tests/fault-proxy.ts"));
  const S3 = await import("@aws-sdk/client-s3");
  const swift = await startSwift();
  const proxy = await FaultProxy.start(swift.url);
  const bucket = await swift.bucket();
  await using host = await EmbeddedHost.start();
  const ask = (q: string) => host.ask(Any, q).catch((e: any) => [{ error: e.detail, cause: String(e.cause?.message ?? "").slice(0, 300) }]);
  const run = async (q: string) => { const t = Date.now(); try { await host.run(q); console.log("OK", Date.now() - t, q.slice(0, 100)); } catch (e: any) { console.log("FAIL", Date.now() - t, q.slice(0, 100), e.code, e.detail, "CAUSE", String(e.cause?.message ?? "").slice(0, 900)); } };
  const at = (p: string, c = `, '${swift.accessKeyId}', '${swift.secretAccessKey}'`) => `S3('http://127.0.0.1:${proxy.port}/${bucket}/${p}'${c})`;
  const list = async (p: string) => { const o = await swift.client.send(new S3.ListObjectsV2Command({ Bucket: bucket, Prefix: p })); const u = await swift.client.send(new S3.ListMultipartUploadsCommand({ Bucket: bucket, Prefix: p })); return [(o.Contents ?? []).map((x: any) => x.Key + " " + x.Size).join("\n"), (u.Uploads ?? []).length]; };
  await host.run("CREATE DATABASE a", "CREATE TABLE a.p (n UInt64, s String) ENGINE = MergeTree ORDER BY n", "INSERT INTO a.p SELECT number, randomPrintableASCII(40) FROM numbers(1000)");
  await run(`BACKUP DATABASE a TO ${at("b/1")}`);
  await host.run("CREATE DATABASE big", "CREATE TABLE big.p (n UInt64, s String CODEC(NONE)) ENGINE = MergeTree ORDER BY n", "INSERT INTO big.p SELECT number, randomPrintableASCII(400) FROM numbers(200000)");
  await run(`BACKUP DATABASE big TO ${at("big/1")}`);
  console.log(await list("big/1"));
  proxy.seen.length = 0;
  await run(`BACKUP DATABASE big TO ${at("big/2")}`);
  console.log(proxy.seen.filter((l: string) => /PUT|POST|HEAD/.test(l)).join("\n"));
  for (const [name, fault] of [["503", { kind: "answer", text: s3Refusal(503, "SlowDown") }], ["reset", { kind: "reset", afterBytes: 0 }], ["500html", { kind: "answer", text: "HTTP/1.1 500 x\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno" }],["cutreq", { kind: "cut-request", afterBytes: 500 }],["denied", { kind: "answer", text: s3Refusal(403, "AccessDenied") }],["full", { kind: "answer", text: s3Refusal(507, "InsufficientStorage") }],["shorten", { kind: "shorten", toBytes: 5 }], ["hole", { kind: "black-hole" }]] as const) {
    for (const attempts of [3, 6]) {
      if (name === "hole" && attempts === 6) continue;
      proxy.seen.length = 0;
      proxy.arm(fault);
      await run(`BACKUP DATABASE a TO ${at("f/" + name + attempts)} SETTINGS backup_restore_s3_retry_attempts = ${attempts}, s3_request_timeout_ms=5000`);
      console.log("requests", proxy.seen.length, proxy.seen.slice(0, 3));
      proxy.arm(undefined);
      console.log(name, await list("f/" + name + attempts));
    }
    proxy.arm(fault, { on: /^GET/ });
    proxy.seen.length = 0;
    await run(`RESTORE DATABASE a AS ${"r_" + name} FROM ${at("b/1")} SETTINGS backup_restore_s3_retry_attempts = 3, s3_request_timeout_ms=5000`);
    console.log("requests", proxy.seen.length);
    proxy.arm(undefined);
  }
  await run(`BACKUP DATABASE a TO ${at("w/1", `, '${swift.accessKeyId}', 'wrong-secret'`)} SETTINGS backup_restore_s3_retry_attempts = 3`);
  await run(`BACKUP DATABASE a TO ${at("../nobucket/w/1")} SETTINGS backup_restore_s3_retry_attempts = 3`);
  console.log(await ask("SELECT name, status, error FROM system.backups"));
  await proxy.stop(); await swift.stop();
}, 600_000);

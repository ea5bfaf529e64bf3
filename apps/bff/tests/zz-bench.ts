import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import WebSocket from "ws";
import { aJob } from "./world/memory-cluster-services.ts";
import { startWorld } from "./world/start-world.ts";
const N = Number(process.env["N"] ?? 2000);
if (process.argv[2] === "child") {
  process.on("message", async ({ url, cookie, n }: { url: string; cookie: string; n: number }) => {
    let got: number[] = []; let ready = 0;
    for (let i = 0; i < n; i++) {
      const s = new WebSocket(url.replace("http","ws")+"/api/live", { headers: { cookie, origin: url }, perMessageDeflate: false });
      s.on("error", (e) => console.error(String(e)));
      s.on("open", () => s.send('{"type":"follow","clusterId":"local","since":0}'));
      s.on("message", (d: Buffer) => {
        const head = d.subarray(0, 30).toString();
        if (head.startsWith('{"type":"following"')) { ready++; if (ready === n) process.send!("ready"); return; }
        if (!head.startsWith('{"type":"job"')) return;
        const at = Number(/"requestedBy":"(\d+)"/.exec(d.toString())?.[1]);
        if (!at) return;
        got.push(Date.now() - at);
        if (got.length === n) { got.sort((a,b)=>a-b); process.send!({ p50: got[n>>1], p99: got[Math.floor(n*0.99)], max: got.at(-1) }); got = []; }
      });
      if (i % 50 === 0) await new Promise(r => setTimeout(r, 20));
    }
  });
} else {
  const world = await startWorld({ config: { limits: { socketsPerUser: 100000, readsPerSecond: 10000 } } });
  const b = await world.signedIn("viewer");
  const child = fork(fileURLToPath(import.meta.url), ["child"], { execArgv: process.execArgv });
  const next = () => new Promise<unknown>((r) => child.once("message", r));
  child.send({ url: world.url, cookie: b.cookie, n: N });
  await next();
  console.log("rss", process.memoryUsage().rss >> 20);
  for (let i = 0; i < 5; i++) {
    const p = next(); const t = performance.now();
    world.cluster.change(aJob({ requestedBy: String(Date.now()) }));
    const sync = performance.now() - t;
    console.log(await p, "sync ms", Math.round(sync));
    await new Promise(r => setTimeout(r, 300));
  }
  child.kill(); await world.stop(); process.exit(0);
}

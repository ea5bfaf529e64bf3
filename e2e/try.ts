import { chromium } from "@playwright/test";
import { Stack } from "./harness/stack.ts";
import { CHROMIUM_FLAGS, findChromium } from "./harness/machine.ts";
const s = await Stack.start({});
const b = await chromium.launch({ executablePath: findChromium(), args: CHROMIUM_FLAGS });
try {
const p = await b.newPage();
const cdp = await p.context().newCDPSession(p);
p.on("console", (m) => console.log("console", m.text().slice(0, 300)));
p.on("pageerror", (m) => console.log("pageerror", m));
p.on("request", (r) => console.log(r.url()));
p.on("framenavigated", (f) => console.log("nav", f.url()));
await cdp.send("Profiler.enable"); await cdp.send("Debugger.enable");
await p.goto(s.url + (process.argv[2] ?? "/"), { waitUntil: "commit" });
await new Promise((r) => setTimeout(r, 4000));
cdp.on("Debugger.paused", (e) => { console.log(e.callFrames.map((f) => `${f.functionName} ${f.url.split("/").pop()}:${f.location.lineNumber}:${f.location.columnNumber}`).join("\n")); });
await Promise.race([cdp.send("Debugger.pause"), new Promise((r) => setTimeout(r, 3000))]);
await new Promise((r) => setTimeout(r, 2000));
} finally { await b.close(); await s.stop(); }

import { createClient } from "@clickhouse/client";
import { spawnRank } from "./spawn-rank.ts";
const t0 = performance.now();
const rank = await spawnRank();
console.log("ready", performance.now() - t0, rank.engineVersion);
const c = createClient({ url: rank.url, username: rank.username, password: rank.password });
console.log(await c.ping(), await c.ping({ select: true }));
try {
const rs = await c.query({ query: "SELECT number n, toString(number) s FROM numbers(3)" });
console.log(JSON.stringify(rs.response_headers), await rs.json());
await c.command({ query: "CREATE TABLE t (a UInt64, s String) ENGINE = MergeTree ORDER BY a" });
console.log(await c.insert({ table: "t", values: [{ a: 1, s: "x" }, { a: 2, s: "é" }], format: "JSONEachRow" }));
console.log(await (await c.query({ query: "SELECT * FROM t WHERE a = {a:UInt64}", query_params: { a: 2 }, format: "JSONEachRow" })).json());
for (const q of ["SELECT * FROM nope", "SELEC 1", "SELECT 1; SELECT 2", "SELECT throwIf(number = 3) FROM numbers(10)"]) await c.query({ query: q }).then((r) => r.text()).catch((e) => console.log(e.code, e.type, e.message.slice(0, 150)));
let t=performance.now(); for (let i=0;i<100;i++) await (await c.query({query:"SELECT 1",format:"JSONEachRow"})).json(); console.log("per query ms",(performance.now()-t)/100);
} catch (e) { console.log(e); }
await c.close();
console.log(rank.log().split("\n").slice(0, 8).join("\n"));
await rank[Symbol.asyncDispose]();
console.log(await rank.exited);

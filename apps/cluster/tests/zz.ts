import { connect, residentBytes, scalarOf, spawnRank } from "./spawn-rank.ts";
const rank = await spawnRank();
const c = connect(rank);
const mb = () => Math.round(residentBytes(rank.pid) / 1e6);
await scalarOf(c, "SELECT count() FROM numbers(1000000)");
console.log("before", mb());
for (const [rows, extra] of [[1e6, ""], [1e6, ""], [2e6, ""], [4e6, ""], [4e6, ", max_threads=1, output_format_parallel_formatting=0"]] as const) {
  const r = await c.query({ query: `SELECT number AS n, repeat('x', 290) AS s FROM numbers(${rows}) SETTINGS max_block_size=65409${extra}`, format: "JSONEachRow" });
  let peak = 0, n = 0; const t = performance.now();
  for await (const part of r.stream()) { n += part.length; peak = Math.max(peak, mb()); }
  console.log(rows, extra, n, "peak", peak, "after", mb(), "ms", Math.round(performance.now() - t));
}
await c.close(); await rank[Symbol.asyncDispose]();

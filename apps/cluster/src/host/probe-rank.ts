/** What it takes for a rank to count as up: it answers a query, over the same HTTP interface that everybody uses. */
export async function probeRank(rank: { port: number; username: string; password: string }): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${rank.port}/`, {
    method: "POST",
    headers: { "x-clickhouse-user": rank.username, "x-clickhouse-key": rank.password },
    body: "SELECT 1",
    signal: AbortSignal.timeout(30_000),
  });
  const answer = await response.text();
  if (!response.ok || answer.trim() !== "1") {
    throw new Error(`the rank does not answer SELECT 1 (HTTP ${response.status})`);
  }
}

import { expect, it } from "vitest";
import { RankProcess } from "../src/host/rank-process.ts";

it("a rank that hangs does not hold up a suspend", async () => {
  const rank = new RankProcess();
  process.kill(rank.identity.pid, "SIGSTOP");
  const graceMs = 200;
  const startedAt = performance.now();
  await rank.drain(0, () => undefined, graceMs);
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  expect(await rank.stop(graceMs)).toEqual({ code: null, signal: "SIGKILL" });
});

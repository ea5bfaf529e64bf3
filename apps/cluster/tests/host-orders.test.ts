import { HostRestore } from "@snapdeck/contract/host";
import { expect, it } from "vitest";
import { fill, TestCluster } from "./host-cluster.ts";

it("an order whose caller gave up while a swap held it back is never carried out", async () => {
  const cluster = await TestCluster.make(1);
  try {
    // As a disk that answers no fsync for a while.
    const host = await cluster.start("swap.afterRenames=delay:6000");
    await fill(await host.endpoints(), "old");
    const suspension = cluster.order();
    await host.suspend(suspension);
    const { operationId, ranks } = await cluster.openRestore(host);
    await fill(ranks, "new");
    await host.ask(HostRestore, "POST", `/v1/restores/${operationId}/commit`);
    await host.until(() => cluster.rankDirectories().includes(`rank-0.previous-${operationId}`));

    const givenUp = fetch(`${host.ready.url}/v1/resume`, {
      method: "POST",
      headers: { authorization: `Bearer ${host.token}`, "content-type": "application/json" },
      body: JSON.stringify(cluster.order()),
      signal: AbortSignal.timeout(300),
    });
    await expect(givenUp).rejects.toThrow();
    // It comes after the one that was given up; so once it is answered, that one's turn is over.
    const later = await host.refused("POST", `/v1/restores/${operationId}/discard`);
    expect(later).toMatchObject({ code: "restore-already-swapped" });
    const { state, transition } = await host.status();
    expect({ state, transition }).toMatchObject({
      state: "suspended",
      transition: { operationId: suspension.operationId, kind: "suspend" },
    });
    expect(await host.resume(cluster.order())).toMatchObject({ state: "running" });
  } finally {
    await cluster.end();
  }
});

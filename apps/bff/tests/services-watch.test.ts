import { ClusterId } from "@snapdeck/contract/scalars";
import { describe, expect, test } from "vitest";
import { MEMORY, servicesWorld, suspended } from "./services-world.ts";

describe("a cluster that is watched", () => {
  test("is told of when somebody outside changes it", async () => {
    const world = await servicesWorld();
    const told = () => world.events.filter((event) => event.type === "cluster").length;
    const before = told();
    world.engine.state = "suspended";
    await expect.poll(told).toBeGreaterThan(before);
    expect((await world.services.clusters.view(MEMORY, "admin")).state).toBe("suspended");
  });

  test("is unreachable once its last answer is old, keeps its ranks, and is found again", async () => {
    const world = await servicesWorld({ answerDeadlineMs: 300 });
    world.engine.reachable = false;
    expect((await world.services.clusters.view(MEMORY, "admin")).state).toBe("running");
    const state = async () => (await world.services.clusters.view(MEMORY, "admin")).state;
    await expect.poll(state).toBe("unreachable");
    const view = await world.services.clusters.view(MEMORY, "admin");
    expect(view.ranks).toMatchObject([{ rank: 0, state: "unknown", place: "this process" }]);
    expect(view.actions.backUp).toMatchObject({ allowed: false, reason: "The cluster does not answer" });
    world.engine.reachable = true;
    await expect.poll(state).toBe("running");
  });

  test("that hangs is unreachable too, and asking it what it may do does not hang", async () => {
    const world = await servicesWorld({ answerDeadlineMs: 200 });
    world.cluster.lifecycle.observe = () => new Promise(() => undefined);
    await expect
      .poll(async () => (await world.services.clusters.view(MEMORY, "admin")).state, { timeout: 5_000 })
      .toBe("unreachable");
    await expect(
      world.services.jobs.start(
        MEMORY,
        { kind: "suspend" },
        { username: "ada", role: "admin", origin: "::1", requestId: "r" },
      ),
    ).rejects.toMatchObject({ code: "cluster-not-running" });
  });

  test("is told to be suspended by the time its job has succeeded", async () => {
    const world = await servicesWorld();
    await suspended(world);
    const view = await world.services.clusters.view(MEMORY, "admin");
    expect(view.state).toBe("suspended");
    expect(view.actions.restore).toEqual({ allowed: true });
    expect(view.actions.backUp).toMatchObject({ code: "cluster-not-running", wayOut: "resume" });
  });

  test("that nobody knows is not found, in whatever is asked of it", async () => {
    const { services } = await servicesWorld();
    const nowhere = ClusterId.parse("nowhere");
    const notFound = { code: "cluster-not-found" };
    await expect(services.clusters.view(nowhere, "admin")).rejects.toMatchObject(notFound);
    await expect(services.clusters.inventory(nowhere)).rejects.toMatchObject(notFound);
    await expect(services.jobs.activity(nowhere)).rejects.toMatchObject(notFound);
    await expect(services.backups.page(nowhere, { sort: "newest", limit: 1 })).rejects.toMatchObject(notFound);
    expect(() => services.clusters.watch(nowhere, () => undefined)).toThrow("cluster-not-found");
  });
});

import { describe, expect, test } from "vitest";
import type { Checker } from "../src/jobs/store-check-work.ts";
import {
  backedUp,
  jobIn,
  MEMORY,
  OPERATOR,
  type ServicesWorld,
  servicesWorld,
  suspended,
  VIEWER,
} from "./services-world.ts";

const CLEAN = {
  backups: 2,
  files: 20,
  sizeBytes: 2_000,
  checked: [{ invariant: "I1", facts: 20 }],
  breaks: [],
} as const;

function aBreak(n: number) {
  return { invariant: "I4", kind: "unowned", subject: `memory/b-${n}`, detail: "nothing owns it" } as const;
}

function start({ services }: ServicesWorld, bytes = false) {
  return services.jobs.start(MEMORY, { kind: "check-store", bytes }, OPERATOR);
}

/** A checker that goes on until it is told to end. */
function heldChecker() {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const checker: Checker = async (_cluster, _order, signal, onProgress) => {
    onProgress({ filesDone: 5, filesTotal: 20, bytesDone: 500, bytesTotal: 2_000 });
    await Promise.race([ended, new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }))]);
    signal.throwIfAborted();
    onProgress({ filesDone: 20, filesTotal: 20, bytesDone: 2_000, bytesTotal: 2_000 });
    return CLEAN;
  };
  return { checker, end };
}

describe("a store check", () => {
  test("that finds nothing broken says how much it looked at", async () => {
    const world = await servicesWorld({ checker: async () => CLEAN });
    const job = await jobIn(world, (await start(world)).id, "succeeded");
    expect(job.state).toMatchObject({
      evidence: { kind: "check-store", backups: 2, files: 20, sizeBytes: 2_000, invariants: 1 },
    });
    const { items } = await world.services.audit.page(10);
    expect(items.map(({ act }) => act)).toContain("store.check");
  });

  test("that finds something fails, and names each break on a line of its own, the first twenty of them", async () => {
    const breaks = Array.from({ length: 23 }, (_, n) => aBreak(n));
    const world = await servicesWorld({ checker: async () => ({ ...CLEAN, breaks }) });
    const { state } = await jobIn(world, (await start(world)).id, "failed");
    expect(state).toMatchObject({ problem: { code: "store-broken", hint: expect.stringContaining("check-store") } });
    const lines = state.name === "failed" ? (state.problem.detail ?? "").split("\n") : [];
    expect(lines[0]).toBe("23 invariants are broken; nothing was changed:");
    expect(lines[1]).toBe("I4 memory/b-0: nothing owns it");
    expect(lines).toHaveLength(22);
    expect(lines.at(-1)).toBe("and 3 more");
  });

  test("shows how far it is, and everything else goes on beside it", async () => {
    const { checker, end } = heldChecker();
    const world = await servicesWorld({ checker });
    const job = await start(world, true);
    expect(job.work).toEqual({ kind: "check-store", bytes: true });
    await expect.poll(() => world.events.find(({ type }) => type === "progress")).toBeDefined();
    expect(world.events.find(({ type }) => type === "progress")).toMatchObject({
      progress: { bytesDone: 500, bytesTotal: 2_000, filesDone: 5, filesTotal: 20 },
    });
    await expect(start(world)).rejects.toMatchObject({ code: "cluster-busy", jobId: job.id });
    await backedUp(world);
    await suspended(world);
    end();
    expect((await jobIn(world, job.id, "succeeded")).progress).toMatchObject({ bytesDone: 2_000 });
  });

  test("that is canceled ends in canceled", async () => {
    const world = await servicesWorld({ checker: heldChecker().checker });
    const job = await start(world);
    await jobIn(world, job.id, "running");
    await world.services.jobs.cancel(MEMORY, job.id, OPERATOR);
    await jobIn(world, job.id, "canceled");
  });

  test("whose server stopped is begun again by the next one", async () => {
    const first = await servicesWorld({ checker: heldChecker().checker });
    const job = await start(first);
    await jobIn(first, job.id, "running");
    await first.stop();
    const { database, engine } = first;
    const second = await servicesWorld({ database, engine, owner: "bff-2", checker: async () => CLEAN });
    await jobIn(second, job.id, "succeeded");
  });

  test("sees the store as it is: what others removed there just now is not missing from our list", async () => {
    const seen: number[] = [];
    const world = await servicesWorld({
      checker: async () => {
        seen.push((await world.services.backups.page(MEMORY, { sort: "newest", limit: 5 })).total);
        return CLEAN;
      },
    });
    await backedUp(world);
    world.engine.snapshots.clear();
    await jobIn(world, (await start(world)).id, "succeeded");
    expect(seen).toEqual([0]);
  });

  test("is refused to a viewer", async () => {
    const world = await servicesWorld({ checker: async () => CLEAN });
    const work = { kind: "check-store", bytes: false } as const;
    await expect(world.services.jobs.start(MEMORY, work, VIEWER)).rejects.toMatchObject({ code: "role-needed" });
  });
});

import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { SnapshotRestore } from "@snapdeck/core/snapshots/plan-snapshot-restore";
import { describe, expect, it } from "vitest";
import { orderWorkloads } from "./restore-workloads.ts";

/** `x<y` is a workload x below y; `y` alone is a root. */
function planOf(...workloads: string[]): SnapshotRestore {
  const items = workloads.map((each) => {
    const [name = "", parent, resource] = each.split("<");
    const needs = resource === undefined ? "" : `CREATE RESOURCE ${resource} (MASTER THREAD); `;
    const settings = resource === undefined ? "" : ` SETTINGS weight = 1 FOR ${resource}`;
    const below = parent ? ` IN ${parent}` : "";
    const target = { type: "RESOURCE GROUP" as const, name };
    const text = `${needs}CREATE WORKLOAD ${name}${below}${settings}`;
    return {
      definition: { ref: target, ddl: { kind: "plain" as const, text } },
      target,
      effect: "made" as const,
      withRows: false,
    };
  });
  return { schemas: [], items };
}

function rankOf(rank: number, workloads: readonly string[], resources: readonly string[] = []) {
  return {
    client: { rank },
    workloads: {
      workloads: workloads.map((each) => {
        const [name = "", parent] = each.split("<");
        return { name, ...(parent === undefined ? {} : { parent }), ddl: "" };
      }),
      resources: resources.map((ddl) => ({ name: ddl.split(" ")[2] ?? "", ddl })),
    },
  };
}

const ordered = (...asked: Parameters<typeof orderWorkloads>) =>
  orderWorkloads(...asked).items.map(({ target }) => target.name);

function refusal(...asked: Parameters<typeof orderWorkloads>): unknown {
  try {
    return orderWorkloads(...asked).items.length;
  } catch (thrown) {
    return thrown instanceof SnapdeckError ? `${thrown.code}: ${thrown.detail}` : thrown;
  }
}

describe("the workloads of a restore", () => {
  it("come after their parents", () => {
    expect(ordered(planOf("a<b", "b<root", "root"), [rankOf(0, [])])).toEqual(["root", "b", "a"]);
  });

  it("come in an order without a circle at any moment, also through workloads that are not restored", () => {
    const live = rankOf(0, ["root", "i<root", "r<i", "q<r", "p<q"]);
    expect(ordered(planOf("i<p", "r<root"), [live])).toEqual(["r", "i"]);
  });

  it("are refused where the engine would refuse them half way through", () => {
    const live = ["root", "a<root", "b<a"];
    expect(refusal(planOf("other"), [rankOf(0, live)])).toMatch(/^restore-conflict: .*has the root root/);
    expect(refusal(planOf("root<a"), [rankOf(0, live)])).toMatch(/^restore-conflict: .*cannot move/);
    expect(refusal(planOf("a<b"), [rankOf(0, live)])).toMatch(/^restore-conflict: .*above it on rank 0/);
    expect(refusal(planOf("c<a"), [rankOf(0, live), rankOf(1, ["root"])])).toMatch(
      /^object-not-found: .*neither restored nor on rank 1/,
    );
    expect(refusal(planOf("cpu<root"), [rankOf(0, live, ["CREATE RESOURCE cpu (QUERY)"])])).toMatch(
      /^restore-conflict: .*a resource of that name/,
    );
  });

  it("need resources that can be made, and take those that are there as they are", () => {
    const plan = planOf("c<root<cpu");
    expect(refusal(plan, [rankOf(0, ["root"])])).toBe(1);
    expect(refusal(plan, [rankOf(0, ["root"], ["CREATE RESOURCE cpu (QUERY)"])])).toBe(1);
    expect(
      refusal(plan, [rankOf(0, ["root"], ["CREATE RESOURCE disk (READ DISK d)", "CREATE RESOURCE odd OF A KIND"])]),
    ).toBe(1);
    expect(refusal(plan, [rankOf(0, ["root"], ["CREATE RESOURCE other (MASTER THREAD)"])])).toMatch(
      /^restore-conflict: .*of MASTER THREAD, which rank 0 has as resource other/,
    );
    expect(refusal(plan, [rankOf(0, ["root", "cpu<root"])])).toMatch(
      /^restore-conflict: .*a resource group of that name/,
    );
  });

  it("are refused when a definition is anything else than a workload of that name", () => {
    const [item] = planOf("a").items;
    const ddl = { kind: "plain" as const, text: "CREATE WORKLOAD b" };
    const plan = { schemas: [], items: [{ ...item!, definition: { ...item!.definition, ddl } }] };
    expect(refusal(plan, [rankOf(0, [])])).toMatch(/^backup-unusable: /);
  });
});

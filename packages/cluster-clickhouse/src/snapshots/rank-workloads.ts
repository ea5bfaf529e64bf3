import type { StoredObjectRef } from "@snapdeck/contract/database-object";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { z } from "zod";
import type { ClusterParts } from "../cluster-parts.ts";
import type { RankClient } from "../rank-client.ts";
import { joinWorkload, parseWorkload } from "./workload-ddl.ts";

const TableRow = z.object({ name: z.string() });
const WorkloadRow = z.object({ name: z.string().min(1), parent: z.string(), create_query: z.string() });
const ResourceRow = z.object({ name: z.string().min(1), create_query: z.string() });

const SELECT_WHETHER = "SELECT name FROM system.tables WHERE database = 'system' AND name = 'workloads'";
const SELECT_WORKLOADS = "SELECT name, parent, create_query FROM system.workloads ORDER BY name";
const SELECT_RESOURCES = "SELECT name, create_query FROM system.resources ORDER BY name";

/** The workloads of one rank, which are its resource groups, and the resources that they share out. */
export type RankWorkloads = {
  /** `parent` is absent for the root. */
  readonly workloads: readonly { readonly name: string; readonly parent?: string; readonly ddl: string }[];
  readonly resources: readonly { readonly name: string; readonly ddl: string }[];
};

/** Whether the engine has workloads at all: those before 24.11 have none. */
export async function keepsWorkloads(client: Pick<RankClient, "rows">): Promise<boolean> {
  return (await client.rows("looking for workloads", TableRow, SELECT_WHETHER)).length > 0;
}

/** @throws {SnapdeckError} `engine-failed`, `cluster-unreachable` */
export async function readWorkloads(client: RankClient): Promise<RankWorkloads> {
  if (!(await keepsWorkloads(client))) return { workloads: [], resources: [] };
  const [workloads, resources] = await Promise.all([
    client.rows("listing its workloads", WorkloadRow, SELECT_WORKLOADS),
    client.rows("listing its resources", ResourceRow, SELECT_RESOURCES),
  ]);
  return {
    workloads: workloads.map(({ name, parent, create_query }) => ({
      name,
      ...(parent === "" ? {} : { parent }),
      ddl: create_query,
    })),
    resources: resources.map(({ name, create_query }) => ({ name, ddl: create_query })),
  };
}

/**
 * The embedded engine writes workloads to its disk and does not read them when it starts (tried on 26.7.2; a server is said to, which was not tried). What a
 * snapshot holds of them stays; what stands in the cluster is there until the next restart. Undefined where that matters to nobody.
 */
export function forgottenWarning(
  { host }: Pick<ClusterParts, "host">,
  refs: readonly StoredObjectRef[],
): string | undefined {
  if (host === undefined || !refs.some(({ type }) => type === "RESOURCE GROUP")) return undefined;
  return "the embedded engine forgets its resource groups whenever it restarts, also when the cluster is suspended; restore them then";
}

/** What a snapshot keeps of one workload: its text, with the resources that its settings name. Undefined when it is not there. */
export function workloadIn(
  { workloads, resources }: RankWorkloads,
  name: string,
): { readonly text: string; readonly parent?: string } | undefined {
  const found = workloads.find((each) => each.name === name);
  if (found === undefined) return undefined;
  const { parent, ddl } = found;
  let needs: readonly string[];
  try {
    needs = parseWorkload(ddl).resources;
  } catch (cause) {
    throw new SnapdeckError("not-supported", `RESOURCE GROUP ${name} is of a kind that could not be put back`, {
      hint: "Leave it out; no snapshot was taken.",
      cause,
    });
  }
  const texts = resources.filter((resource) => needs.includes(resource.name)).map((resource) => resource.ddl);
  return { text: joinWorkload(texts, ddl), ...(parent === undefined ? {} : { parent }) };
}

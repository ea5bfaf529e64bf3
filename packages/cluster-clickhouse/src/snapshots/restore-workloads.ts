import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { RestoreItem, SnapshotRestore } from "@snapdeck/core/snapshots/plan-snapshot-restore";
import type { RankClient } from "../rank-client.ts";
import { type RankWorkloads, readWorkloads } from "./rank-workloads.ts";
import { parseResource, splitWorkload, type WorkloadText } from "./workload-ddl.ts";

/** What a rank holds that workloads are put among. */
type RankOfWorkloads = { readonly client: Pick<RankClient, "rank">; readonly workloads: RankWorkloads };

/** The workloads of one rank as they would be after each step. */
type Standing = {
  readonly rank: number;
  /** The parent of each; undefined for the root. */
  readonly parents: Map<string, string | undefined>;
  /** What each resource shares out that no other may. */
  readonly resources: Map<string, readonly string[]>;
};

/**
 * The plan with its workloads in an order that the engine takes: those that end up nearer to the root first, for it allows no circle at any
 * moment, not even with workloads that are not restored.
 * @throws {SnapdeckError} as {@link rehearseWorkloads}
 */
export function orderWorkloads(plan: SnapshotRestore, ranks: readonly RankOfWorkloads[]): SnapshotRestore {
  const groups = plan.items.filter(isWorkload);
  if (groups.length === 0) return plan;
  const parents = new Map(ranks.flatMap((rank) => [...standingOf(rank).parents]).reverse());
  for (const item of groups) {
    const { workload } = workloadText(item.target.name, item.definition.ddl.text);
    parents.set(workload.name, workload.parent);
  }
  const depths = new Map(groups.map((item) => [item, aboveOf(item.target.name, parents).size]));
  const ordered = [...groups].sort((one, other) => (depths.get(one) ?? 0) - (depths.get(other) ?? 0));
  const items = [...ordered, ...plan.items.filter((item) => !isWorkload(item))];
  rehearseWorkloads(items, ranks);
  return { ...plan, items };
}

/**
 * Puts the workloads in place on paper, rank by rank, by the engine's own rules: what it would refuse half way through is refused here,
 * before anything is touched.
 * @throws {SnapdeckError} `restore-conflict`, `object-not-found`, `backup-unusable`
 */
export function rehearseWorkloads(items: readonly RestoreItem[], ranks: readonly RankOfWorkloads[]): void {
  const texts = items
    .filter(isWorkload)
    .map(({ definition, target }) => workloadText(target.name, definition.ddl.text));
  if (texts.length === 0) return;
  for (const standing of ranks.map(standingOf)) {
    for (const text of texts) {
      putResources(standing, text);
      putOnPaper(standing, text);
    }
  }
}

/**
 * Makes a workload, or replaces it; of the resources that it needs those that are not there. What is there is asked of each rank, and what is
 * not is made as if it were replaced: the embedded engine forgets its workloads when it restarts, and keeps files in the way of new ones.
 * @throws {SnapdeckError} `restore-conflict` when the parent went since the restore was decided, `engine-failed`, `rank-lost`, ...
 */
export async function putWorkload(clients: readonly RankClient[], name: string, text: string): Promise<void> {
  const { resources, workload } = workloadText(name, text);
  for (const client of clients) {
    const live = await readWorkloads(client);
    const { parent } = workload;
    if (parent !== undefined && !live.workloads.some((each) => each.name === parent))
      throw orphan(client, name, parent);
    for (const resource of resources) {
      if (live.resources.some((each) => each.name === resource.name)) continue;
      const statement = resource.text.replace(/^CREATE RESOURCE /, "CREATE OR REPLACE RESOURCE ");
      await client.run(`making resource ${resource.name}`, statement);
    }
    const statement = workload.text.replace(/^CREATE WORKLOAD /, "CREATE OR REPLACE WORKLOAD ");
    await client.run(`making resource group ${name}`, statement);
  }
}

function isWorkload({ target }: RestoreItem): boolean {
  return target.type === "RESOURCE GROUP";
}

function workloadText(name: string, text: string): WorkloadText {
  const refused = (cause?: unknown) =>
    new SnapdeckError(
      "backup-unusable",
      `the definition of RESOURCE GROUP ${name} is none that is executed; nothing was restored`,
      { hint: "Restore the other objects, and make this one by hand.", cause },
    );
  let parsed: WorkloadText;
  try {
    parsed = splitWorkload(text);
  } catch (cause) {
    throw refused(cause);
  }
  if (parsed.workload.name !== name) throw refused();
  return parsed;
}

function standingOf({ client, workloads: { workloads, resources } }: RankOfWorkloads): Standing {
  return {
    rank: client.rank,
    parents: new Map(workloads.map(({ name, parent }) => [name, parent])),
    resources: new Map(resources.map(({ name, ddl }) => [name, sharedAlone(ddl)])),
  };
}

/** A resource that is there may be of a kind that a newer engine has, and is in nobody's way then as far as can be told. */
function sharedAlone(ddl: string): readonly string[] {
  try {
    return parseResource(ddl).alone;
  } catch {
    return [];
  }
}

/** A resource that is there stays as it is: it says which of this server's disks and threads are shared out, and others share them too. */
function putResources({ rank, parents, resources }: Standing, { resources: needed, workload }: WorkloadText): void {
  const needs = `RESOURCE GROUP ${workload.name} needs resource`;
  for (const { name, alone } of needed) {
    if (parents.has(name)) throw conflict(`${needs} ${name}, and rank ${rank} has a resource group of that name`);
    if (resources.has(name)) continue;
    const [other] = [...resources].filter(([, taken]) => taken.some((each) => alone.includes(each)));
    if (other !== undefined) {
      const [taker, taken] = other;
      const what = taken.filter((each) => alone.includes(each)).join(", ");
      throw conflict(
        `${needs} ${name} of ${what}, which rank ${rank} has as resource ${taker}, and it can have one only`,
      );
    }
    resources.set(name, alone);
  }
}

function putOnPaper({ rank, parents, resources }: Standing, { workload: { name, parent } }: WorkloadText): void {
  const group = `RESOURCE GROUP ${name}`;
  if (resources.has(name)) throw conflict(`${group} cannot be made, for rank ${rank} has a resource of that name`);
  const [root] = [...parents].flatMap(([each, above]) => (above === undefined ? [each] : []));
  if (parent === undefined) {
    if (root !== undefined && root !== name) {
      throw conflict(`${group} is a root, and rank ${rank} has the root ${root}; the engine allows one only`);
    }
  } else if (!parents.has(parent)) {
    throw new SnapdeckError(
      "object-not-found",
      `${group} needs RESOURCE GROUP ${parent}, which is neither restored nor on rank ${rank}; nothing was restored`,
      { hint: "Name it in OBJECTS as well, or make it there." },
    );
  } else if (root === name) {
    throw conflict(
      `${group} stands below ${parent} in the snapshot, and is the root of rank ${rank}, which cannot move`,
    );
  } else if (parent === name || aboveOf(parent, parents).has(name)) {
    throw conflict(`${group} stands below ${parent} in the snapshot, and above it on rank ${rank}`);
  }
  parents.set(name, parent);
}

/** All that it stands below. */
function aboveOf(name: string, parents: ReadonlyMap<string, string | undefined>): Set<string> {
  const above = new Set<string>();
  for (let at = parents.get(name); at !== undefined && !above.has(at); at = parents.get(at)) above.add(at);
  return above;
}

function orphan({ rank }: RankClient, name: string, parent: string): SnapdeckError {
  return new SnapdeckError(
    "restore-conflict",
    `RESOURCE GROUP ${name} stands below ${parent}, which went from rank ${rank} while the restore was exchanged; what was exchanged before stands`,
    { hint: `Make it with CREATE OR REPLACE WORKLOAD ${parent}; the restore is finished then.` },
  );
}

function conflict(what: string): SnapdeckError {
  return new SnapdeckError("restore-conflict", `${what}; nothing was restored, and nothing that exists was touched`, {
    hint: "Restore the resource groups around it as well, or change by hand what is there.",
  });
}

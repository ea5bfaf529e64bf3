import type { Findings } from "../findings.ts";
import type { Pace } from "../pace.ts";
import type { SigningKey } from "../signing-key.ts";
import type { StateView } from "../state/state-view.ts";
import type { Tally } from "../tally.ts";
import { checkBackup } from "./check-backup.ts";
import { checkStoreRoot, ownerOf } from "./check-store-root.ts";
import { sizeOf } from "./read-manifest.ts";
import { type BackupPlace, brokenIn, type ListedFacts, type StoreLook } from "./store-look.ts";
import { codeOf } from "./stored-file.ts";

export type StoreOrder = {
  readonly storeRoot: string;
  readonly clusterId: string | undefined;
  readonly readBytes: boolean;
  readonly key: SigningKey | undefined;
  readonly state: StateView | undefined;
  /** Only these backups are looked into; all when absent. */
  readonly only: ReadonlySet<string> | undefined;
};

/** Without the files of its manifest, which are many. */
export type Listed = Omit<ListedFacts, "manifest"> & { readonly summary: ManifestSummary };

/** What one look at a store told. */
export type StoreView = {
  /** By `<cluster>/<backup>`. */
  readonly listed: ReadonlyMap<string, Listed>;
  /** Those whose manifest is there and says nothing that can be used. */
  readonly unreadable: ReadonlySet<string>;
};

export type ManifestSummary = ReturnType<typeof summaryOf>;

/** Looks at the whole store, or at some backups of it; answers what is listed there. */
export async function lookAtStore(
  order: StoreOrder,
  parts: { readonly pace: Pace; readonly findings: Findings; readonly tally: Tally },
): Promise<StoreView> {
  const { state } = order;
  const look: StoreLook = {
    ...parts,
    storeRoot: order.storeRoot,
    uid: await ownerOf(order.storeRoot),
    key: order.key,
    readBytes: order.readBytes,
    jobsOf: state === undefined ? undefined : (backup) => state.jobsOf.get(backup) ?? [],
    knowsCluster: (clusterId) => state?.clusters.has(clusterId) ?? false,
  };
  const places = await checkStoreRoot(look, order.clusterId);
  const wanted = places.filter(({ backup }) => order.only?.has(backup) ?? true);
  for (const place of wanted) {
    const { files, sizeBytes } = await sizeOf(look, place);
    parts.tally.expect(files, sizeBytes);
    await parts.pace.step();
  }
  parts.tally.tellNow();
  const listed = new Map<string, Listed>();
  const unreadable = new Set<string>();
  for (const place of wanted) {
    const facts = await checkIfReadable(look, place);
    if (facts === "unreadable") unreadable.add(place.backup);
    if (typeof facts !== "object") continue;
    const { manifest, ...others } = facts;
    listed.set(place.backup, { ...others, summary: summaryOf(manifest) });
  }
  return { listed, unreadable };
}

/** A folder that the disk does not give is a break of that backup and no end of the check. */
async function checkIfReadable(look: StoreLook, place: BackupPlace): ReturnType<typeof checkBackup> {
  try {
    return await checkBackup(look, place);
  } catch (thrown) {
    look.pace.throwIfAborted();
    const code = codeOf(thrown);
    if (code === undefined) throw thrown;
    const subject = place.backup;
    brokenIn(look, place, { invariant: "I1", kind: "unreadable", subject, detail: `cannot be read (${code})` });
    return "unreadable";
  }
}

/** What a list shows of a backup, summed over its ranks. */
function summaryOf({ ranks, ...manifest }: ListedFacts["manifest"]) {
  const tables = new Map<string, number | undefined>();
  for (const { database, table, rows } of ranks.flatMap((rank) => rank.tables)) {
    const key = JSON.stringify([database, table]);
    const before = tables.has(key) ? tables.get(key) : 0;
    // Rows that one rank could not count are known of no rank.
    tables.set(key, before === undefined || rows === undefined ? undefined : before + rows);
  }
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  return {
    ...manifest,
    ranks: ranks.length,
    files: sum(ranks.map((rank) => rank.files.length)),
    sizeBytes: sum(ranks.map((rank) => rank.sizeBytes)),
    databases: new Set(ranks.flatMap((rank) => rank.databases)).size,
    tables: tables.size,
    rows: sum([...tables.values()].map((rows) => rows ?? 0)),
  };
}

/** What the name of a part of the MergeTree family tells. */
type PartName = {
  readonly partition: string;
  /** Whether it holds changes of rows that other parts hold. */
  readonly isPatch: boolean;
  /** Changes up to this one are in its rows. */
  readonly dataVersion: number;
};

/**
 * Whether changes wait in patch parts that at least one part they may be for does not hold yet. Takes the names of one table's parts; names
 * that are none of a part count for nothing.
 *
 * A lightweight UPDATE or DELETE writes `patch-<hash of its columns>-<partition>_<min>_<max>_<level>_<version>` beside the parts of that
 * partition, which are read with it from then on. The engine takes a patch for a part whose data version is lower than the patch's: the
 * fifth number of the part's name, or its first block where it has none. Applying it, by a merge or a mutation, gives the part the version of
 * the patch or a higher one. The patch part itself stays for a while.
 */
export function hasUnappliedPatches(names: Iterable<string>): boolean {
  const lowest = new Map<string, number>();
  const patches: PartName[] = [];
  for (const name of names) {
    const part = partName(name);
    if (part?.isPatch) patches.push(part);
    else if (part !== undefined)
      lowest.set(part.partition, Math.min(lowest.get(part.partition) ?? part.dataVersion, part.dataVersion));
  }
  return patches.some((patch) => (lowest.get(patch.partition) ?? patch.dataVersion) < patch.dataVersion);
}

function partName(name: string): PartName | undefined {
  const found = /^(patch-[0-9a-f]{32}-)?([^_]+)_(\d+)_\d+_\d+(?:_(\d+))?$/.exec(name) ?? undefined;
  if (found === undefined) return undefined;
  const [, patch, partition = "", firstBlock, version = firstBlock] = found;
  return { partition, isPatch: patch !== undefined, dataVersion: Number(version) };
}

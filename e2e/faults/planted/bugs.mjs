/**
 * A change of the sources. `from` stands in the file exactly once; where it does not any more, the drift test says so.
 * @typedef {{ readonly file: string, readonly from: string, readonly to: string }} Edit
 *
 * A case that must fail because of the bug, and what its failure must say: one that fails for another reason has caught nothing.
 * @typedef {{ readonly id: string, readonly shows: RegExp }} Catch
 */

/**
 * A bug of the kind that loses data, as somebody might write it who knows of no fault: without one, everything works.
 * @typedef {object} PlantedBug
 * @property {string} id
 * @property {string} title
 * @property {string} how what the change does
 * @property {readonly Edit[]} edits
 * @property {readonly string[]} cases the files with the cases, in `e2e/faults`
 * @property {readonly Catch[]} caughtBy
 */

/** @type {readonly PlantedBug[]} */
export const PLANTED_BUGS = [
  {
    id: "manifest-first",
    title: "the manifest is written before the files",
    how: "it is published, still without its files, when the ranks begin to copy, and once more when all is proven",
    edits: [
      {
        file: "packages/cluster-clickhouse/src/backup-work.ts",
        from: 'import { backupFolder, rankFolderName } from "./paths.ts";',
        to: 'import { backupFolder, manifestPath, rankFolderName } from "./paths.ts";',
      },
      {
        file: "packages/cluster-clickhouse/src/backup-work.ts",
        from: "  const copied = yield* copy(parts, attempt, signal);\n",
        to: `  const completedAt = parts.clock();
  const early = await signManifest(parts.sealer, {
    format: "snapdeck-system-backup/1",
    backupId: order.backupId,
    clusterId: parts.id,
    clusterName: parts.name,
    engine: { name: "ClickHouse", version: attempt.plans[0]?.version ?? "unknown" },
    jobId: order.jobId,
    requestedBy: order.requestedBy,
    takenAt: attempt.takenAt,
    completedAt,
    tookMs: 0,
    ranks: attempt.plans.map(({ rank, definitions }) => {
      const folder = rankFolderName(attempt.name, rank);
      return { rank, folder, databases: [], tables: [], definitions, files: [], sizeBytes: 0 };
    }),
    proof: { level: "L1", provenAt: completedAt, failedWrites: 0 },
  });
  await publishManifest(parts.store, early);
  const copied = yield* copy(parts, attempt, signal);
`,
      },
      {
        file: "packages/cluster-clickhouse/src/backup-work.ts",
        from: "  const manifestSha256 = await publishManifest(parts.store, manifest);\n",
        to: `  await parts.store.remove(manifestPath(parts.id, order.backupId));
  const manifestSha256 = await publishManifest(parts.store, manifest);
`,
      },
    ],
    cases: ["backup-crash.fault.ts"],
    caughtBy: [
      { id: "B5-k-backup.afterAck", shows: /what the store check finds/ },
      { id: "B5-Z-backup.afterAck", shows: /expected \[ 'interrupted' \] to include 'succeeded'/ },
    ],
  },
  {
    id: "no-marker",
    title: "the swap goes without its marker",
    how: "the directories are exchanged without the decision having been written down",
    edits: [
      {
        file: "apps/cluster/src/host/swap.ts",
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is one in the sources.
        from: "  await writeDurably(markerPath(clusterDir), `${JSON.stringify(marker)}\\n`);\n",
        to: "",
      },
    ],
    cases: ["restore-swap.fault.ts"],
    caughtBy: [
      { id: "R6-Z-swap.rank0.afterLiveAside", shows: /the data directory of rank 0 .* is missing/ },
      { id: "R6-h-swap.rank0.afterIncomingIn", shows: /expected \[ 'succeeded' \] to include 'failed'/ },
    ],
  },
  {
    id: "no-fencing",
    title: "a lock without fencing",
    how: "whoever once had a job's lease goes on as if it still had it: neither a write nor a renewal looks at the token",
    edits: [
      {
        file: "apps/bff/src/state/job-leases.ts",
        from: "  return held !== undefined;\n",
        to: "  return held !== null;\n",
      },
      {
        file: "apps/bff/src/state/job-leases.ts",
        from: "  if (renewed === undefined) throw lockLost(lease);\n",
        to: "",
      },
    ],
    cases: ["replicas.fault.ts"],
    caughtBy: [
      { id: "J2-P-job.beforeSave", shows: /what is stored of the end while the other wakes up/ },
      { id: "J2-P-backup.beforeManifest", shows: /what is stored of the end while the other wakes up/ },
    ],
  },
  {
    id: "believing-cancel",
    title: "a cancel that believes the engine's status",
    how: "a backup is canceled as soon as the engine says that its operation is over; nobody looks at what it left",
    edits: [
      {
        file: "packages/cluster-clickhouse/src/backup-work.ts",
        from: `  if (manifest === undefined || signal.aborted) {
    await order.checkFence();
    yield* whileMoving((moved) => clearAway(parts, order, started, moved));
`,
        to: `  if (manifest === undefined || signal.aborted) {
    await Promise.all(started.map((work) => work.stop()));
`,
      },
    ],
    cases: ["canceled-after-ack.fault.ts"],
    caughtBy: [
      { id: "K4-R-backup.afterAck", shows: /files on the store that nobody owns/ },
      { id: "K4-R-backup.afterProof", shows: /files on the store that nobody owns/ },
    ],
  },
  {
    id: "data-first",
    title: "a deletion removes the data before the manifest",
    how: "the folders of the backup go first, and its manifest when they are gone",
    edits: [
      {
        file: "packages/cluster-clickhouse/src/remove-work.ts",
        from: `  await store.remove(manifestPath(id, order.backupId));
  await failpoint("delete.afterUnlist");
  const files = yield* whileMoving((moved) => store.removeAll(backupFolder(id, order.backupId), moved));
`,
        to: `  const folder = backupFolder(id, order.backupId);
  const files = yield* whileMoving(async (moved) => {
    let removed = 0;
    for (const name of await store.folders(folder)) removed += await store.removeAll(\`\${folder}/\${name}\`, moved);
    return removed;
  });
  await failpoint("delete.afterUnlist");
  await store.remove(manifestPath(id, order.backupId));
  await store.removeAll(folder);
`,
      },
    ],
    cases: ["deletion.fault.ts"],
    caughtBy: [{ id: "D8-k-never-broken", shows: /what the store check finds in the middle of a deletion/ }],
  },
];

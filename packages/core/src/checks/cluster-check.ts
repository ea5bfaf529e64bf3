import type { BackupId, JobId } from "@snapdeck/contract/scalars";
import type { BackUpOrder, Cluster, Work, WorkOrder, WorkReport } from "../ports/cluster.ts";

/** What a check may do beside calling the port: bring rows in from outside, look at them, and spoil what is stored. */
export type CheckWorld = {
  readonly cluster: Cluster;
  /** Writes rows that were not there before, as a user would. */
  writeRows(): Promise<void>;
  /** A checksum over all user data; the cluster must be running. */
  contents(): Promise<string>;
  /** Makes bytes of the rows that a backup holds other than they were written, as a disk does that decays. Nobody is told. */
  damage(backupId: BackupId): Promise<void>;
  newJobId(): JobId;
  newBackupId(): BackupId;
};

/** One promise of the port, with the work that proves it. `run` throws when the promise does not hold. */
export type ClusterCheck = {
  /** The promise's number in the port's docstring or in `docs/invariants.md`. */
  readonly invariant: string;
  readonly promise: string;
  run(world: CheckWorld): Promise<void>;
};

/** @throws {Error} with `promise` as its message unless `held`. */
export function hold(held: boolean, promise: string): void {
  if (!held) throw new Error(`does not hold: ${promise}`);
}

let fencingToken = 0;

/** An order nobody contests. */
export function orderOf(jobId: JobId, changes: Partial<WorkOrder> = {}): WorkOrder {
  fencingToken += 1;
  return { jobId, attempt: 1, fencingToken, takeUp: false, checkFence: async () => undefined, ...changes };
}

export function backUpOrder(world: CheckWorld, changes: Partial<BackUpOrder> = {}): BackUpOrder {
  return { ...orderOf(world.newJobId()), backupId: world.newBackupId(), requestedBy: "check", ...changes };
}

const NEVER = new AbortController().signal;

/** Runs work to its end and answers all it reported. */
export async function reportsOf(work: Work): Promise<WorkReport[]> {
  const reports: WorkReport[] = [];
  for await (const report of work) reports.push(report);
  return reports;
}

/** The report that ended the work; checks W1 on the way. */
export async function endOf(work: Work): Promise<WorkReport> {
  const reports = await reportsOf(work);
  const ends = reports.filter(
    (report) => report.type === "confirmed" || report.type === "stopped" || report.type === "lost",
  );
  const [end] = ends;
  hold(ends.length === 1 && end === reports.at(-1), "work ends in exactly one last report");
  if (end === undefined) throw new Error("does not hold: work ends in exactly one last report");
  return end;
}

/** The code of what was thrown, or undefined when nothing was. */
export async function codeOf(act: () => Promise<unknown>): Promise<unknown> {
  try {
    await act();
    return undefined;
  } catch (thrown) {
    return thrown instanceof Error && "code" in thrown ? thrown.code : thrown;
  }
}

/** Takes a backup to its confirmed end and answers its id. */
export async function takeBackup(world: CheckWorld): Promise<BackupId> {
  const order = backUpOrder(world);
  const end = await endOf(world.cluster.systemBackups.backUp(order, NEVER));
  hold(end.type === "confirmed", "a backup of a running cluster is confirmed");
  return order.backupId;
}

export async function suspend(world: CheckWorld): Promise<void> {
  const end = await endOf(world.cluster.lifecycle.suspend(orderOf(world.newJobId()), NEVER));
  hold(end.type === "confirmed", "a suspend of a running cluster is confirmed");
}

export async function resume(world: CheckWorld): Promise<void> {
  const end = await endOf(world.cluster.lifecycle.resume(orderOf(world.newJobId()), NEVER));
  hold(end.type === "confirmed", "a resume of a suspended cluster is confirmed");
}

export async function restore(
  world: CheckWorld,
  backupId: BackupId,
  signal = NEVER,
  jobId = world.newJobId(),
): Promise<WorkReport> {
  return endOf(world.cluster.systemBackups.restore({ ...orderOf(jobId), backupId, acceptSuspect: false }, signal));
}

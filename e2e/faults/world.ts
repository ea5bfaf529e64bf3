import { join } from "node:path";
import type { Backup } from "@snapdeck/contract/backup";
import { type Job, type JobKind, UNDER_WAY } from "@snapdeck/contract/job";
import type { BackupId, JobId } from "@snapdeck/contract/scalars";
import type { Answer, Api } from "../harness/api.ts";
import { until } from "../harness/processes.ts";
import { CLUSTER_NAME } from "../harness/servers.ts";
import { Stack, type StackOptions } from "../harness/stack.ts";
import { type Contents, contentsOf, fill } from "./contents.ts";
import { dataDigest } from "./data-digest.ts";
import { FaultProcesses } from "./fault-processes.ts";

/** After any crash each job is driven again or in a final state within this (I25), in milliseconds. */
export const SETTLED_WITHIN_MS = 60_000;

/**
 * A real host manager, real ranks and a real BFF with some data, kept for all cases of a file, and what can be done to them.
 *
 * A case does its harm and says what it expects; `faults()` then brings back what died and looks at everything else: see
 * `aftermath.ts`; what can be done to processes stands in `fault-processes.ts`. Usual steps: `await world.bff({ failpoints: "backup.afterAck=hold" })`, `world.startBackup()`,
 * `world.reached("backup.afterAck")`, some harm, `world.letGo()` or `world.bffIsGone()`.
 */
export class FaultWorld extends FaultProcesses {
  /** What the cluster must hold; a case that changes it on purpose sets it anew with `remember()`. */
  contents: Contents = {};
  /** The bytes of the live data while the cluster is suspended: nothing may change them but a restore that is done. */
  digest: string | undefined;
  #asked: JobKind = "backup";
  readonly #databaseUrl: string | undefined;

  private constructor(stack: Stack, databaseUrl: string | undefined) {
    super(stack);
    this.#databaseUrl = databaseUrl;
  }

  /** @param databaseUrl a PostgreSQL database for the console's state; a file in its home when absent */
  static async open(options: StackOptions = {}, databaseUrl?: string): Promise<FaultWorld> {
    // Cases go on for longer than a sign-in counts as fresh.
    const lasting = { freshSignInMinutes: 600, sessionIdleMinutes: 600, sessionMaxHours: 600 };
    const bff = { ...lasting, ...(databaseUrl === undefined ? {} : { databaseUrl }), ...options.bff };
    // A proof that begins by itself would hold the backup that a case is about to do something with.
    const cluster = { verifyAfterBackup: false, ...options.cluster };
    const world = new FaultWorld(await Stack.start({ ...options, bff, cluster }), databaseUrl);
    try {
      await fill(world.stack.ranks);
      await world.remember();
      return world;
    } catch (error) {
      await world.close().catch(() => undefined);
      throw error;
    }
  }

  async close(): Promise<void> {
    this.goOn();
    await this.stack.stop();
  }

  // Facts

  /** Where the console keeps its state. */
  get state(): { readonly sqliteFile: string } | { readonly databaseUrl: string } {
    if (this.#databaseUrl !== undefined) return { databaseUrl: this.#databaseUrl };
    return { sqliteFile: join(this.stack.servers.home, "state/state.sqlite") };
  }

  admin(): Promise<Api> {
    return this.stack.as("admin");
  }

  /** Takes what the cluster holds now for what it must hold: rows, or the bytes of a suspended one. */
  async remember(): Promise<void> {
    const { state } = await this.stack.ranks.status();
    if (state === "running") this.contents = await contentsOf(this.stack.ranks);
    this.digest = state === "suspended" ? dataDigest(join(this.stack.servers.home, "cluster")) : undefined;
  }

  /** Suspends the cluster; from here on a case is judged by the bytes of its data. */
  async suspend(): Promise<void> {
    await this.stack.suspend();
    await this.remember();
  }

  /** Resumes the cluster, whose rows are compared again from here on. */
  async resume(): Promise<void> {
    await this.stack.resume();
    this.digest = undefined;
  }

  /** The backups that a person would see now, newest first. */
  async backups(): Promise<Backup[]> {
    return (await (await this.admin()).get("listBackups", { query: { limit: 200 } })).items;
  }

  /** The newest jobs, newest first. */
  async jobs(): Promise<Job[]> {
    return (await (await this.admin()).get("listJobs", { query: { limit: 100 } })).items;
  }

  async job(jobId: JobId): Promise<Job> {
    return (await this.admin()).get("getJob", { params: { jobId } });
  }

  ended(jobId: JobId): Promise<Job> {
    return this.stack.jobEnded(jobId);
  }

  /** Waits until no job is under way; fails when that takes longer than promised. */
  async settled(): Promise<void> {
    await until(
      "every job is settled",
      async () => {
        const isUnderWay = ({ state }: Job) => UNDER_WAY.some((name) => name === state.name);
        return (await this.jobs()).some(isUnderWay) ? undefined : true;
      },
      SETTLED_WITHIN_MS,
    );
  }

  // Work

  /** Asks for work, as an admin. Undefined when the BFF died before it answered; `outcome` finds the job all the same. */
  async start(kind: JobKind, ask: (admin: Api) => Promise<Job>): Promise<Job | undefined> {
    const admin = await this.admin();
    this.#asked = kind;
    return answerOf(ask(admin));
  }

  /** Undefined as with `start`. */
  startBackup(): Promise<Job | undefined> {
    return this.start("backup", (admin) => admin.get("startBackup"));
  }

  /** How a job that a case started has ended; where the answer was lost, the newest of the kind that was asked for. */
  async outcome(started?: Job): Promise<Job> {
    const id = started?.id ?? (await this.jobs()).find(({ work }) => work.kind === this.#asked)?.id;
    if (id === undefined) throw new Error("no job was stored");
    return this.ended(id);
  }

  /** Takes a backup with whatever is armed; fails when it does not succeed. */
  async backUp(): Promise<Backup> {
    const { work } = await this.stack.backUp();
    if (work.kind !== "backup") throw new Error(`that was a ${work.kind}`);
    return (await this.admin()).get("getBackup", { params: { backupId: work.backupId } });
  }

  /** Starts a proof of the backup anew; undefined as with `start`. */
  startVerify(backupId: BackupId, level: "L2" | "L3" = "L2"): Promise<Job | undefined> {
    return this.start("verify-backup", (admin) => admin.get("verifyBackup", { params: { backupId }, body: { level } }));
  }

  /** Plans and asks for a restore of the suspended cluster, as an admin who confirms everything; what was refused is an answer. */
  async askRestore(backupId: BackupId): Promise<Answer<"planRestore"> | Answer<"startRestore">> {
    const admin = await this.admin();
    const plan = await admin.ask("planRestore", { params: { backupId } });
    if (plan.reply === undefined) return plan;
    return admin.ask("startRestore", { body: { planId: plan.reply.id, clusterName: CLUSTER_NAME } });
  }

  /** Lets the data go that a restore put aside. */
  async keepRestored(restoreId: JobId): Promise<void> {
    const { id } = await (await this.admin()).get("keepRestored", { params: { restoreId } });
    const { state } = await this.ended(id);
    if (state.name !== "succeeded") throw new Error(`keeping the restored data ended: ${JSON.stringify(state)}`);
  }

  /** Undefined as with `start`. */
  startDelete(backupId: BackupId): Promise<Job | undefined> {
    return this.start("delete-backup", (admin) => admin.get("deleteBackup", { params: { backupId } }));
  }

  async deleteBackup(backupId: BackupId): Promise<void> {
    const { state } = await this.outcome(await this.startDelete(backupId));
    if (state.name !== "succeeded") throw new Error(`the deletion ended: ${JSON.stringify(state)}`);
  }
}

/** What the server answered, or undefined when it died instead of answering. */
async function answerOf<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ECONNRESET" || error.code === "ECONNREFUSED"))
      return undefined;
    throw error;
  }
}

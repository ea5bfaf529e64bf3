import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Backup } from "@snapdeck/contract/backup";
import { type Job, UNDER_WAY } from "@snapdeck/contract/job";
import type { BackupId, JobId } from "@snapdeck/contract/scalars";
import type { Api } from "../harness/api.ts";
import { isAlive, until } from "../harness/processes.ts";
import { Stack, type StackOptions } from "../harness/stack.ts";
import { type Contents, contentsOf, fill } from "./contents.ts";

/** What a start of the BFF or the host manager is to meet: failpoints as in `SNAPDECK_FAILPOINTS`, and how slowly a backup copies. */
export type Armed = { readonly failpoints?: string; readonly bytesPerSecond?: number };

/** After any crash each job is driven again or in a final state within this (I25), in milliseconds. */
export const SETTLED_WITHIN_MS = 60_000;

/**
 * A real host manager, real ranks and a real BFF with some data, kept for all cases of a file, and what can be done to them.
 *
 * A case does its harm and says what it expects; `faults()` then brings back what died and looks at everything else: see
 * `aftermath.ts`. Usual steps: `await world.bff({ failpoints: "backup.afterAck=hold" })`, `world.startBackup()`,
 * `world.reached("backup.afterAck")`, some harm, `world.letGo()` or `world.bffIsGone()`.
 */
export class FaultWorld {
  readonly stack: Stack;
  /** What the cluster must hold; a case that changes it on purpose sets it anew with `remember()`. */
  contents: Contents = {};
  readonly #stopped = new Set<number>();
  readonly #log: string;
  #isArmed = { bff: false, host: false };

  private constructor(stack: Stack) {
    this.stack = stack;
    this.#log = join(stack.servers.home, "failpoints");
  }

  static async open(options: StackOptions = {}): Promise<FaultWorld> {
    // Cases go on for longer than a sign-in counts as fresh.
    const bff = { freshSignInMinutes: 600, sessionIdleMinutes: 600, sessionMaxHours: 600, ...options.bff };
    const world = new FaultWorld(await Stack.start({ ...options, bff }));
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

  admin(): Promise<Api> {
    return this.stack.as("admin");
  }

  async remember(): Promise<void> {
    this.contents = await contentsOf(this.stack.ranks);
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

  // Processes

  /** Starts the BFF anew, armed as asked, and waits until it serves. */
  async bff(armed: Armed = {}): Promise<void> {
    const { servers } = this.stack;
    if (isAlive(servers.bff.pid)) await this.killBff();
    this.#isArmed.bff = armed.failpoints !== undefined || armed.bytesPerSecond !== undefined;
    const cluster = armed.bytesPerSecond === undefined ? {} : { backupBandwidthBytesPerSecond: armed.bytesPerSecond };
    await servers.startBff({ env: this.#environment(armed), cluster });
  }

  /** Starts the host manager anew, armed as asked, and waits until its ranks are up; a suspended cluster has none. */
  async host(armed: Pick<Armed, "failpoints"> = {}): Promise<void> {
    const { servers } = this.stack;
    if (isAlive(servers.host.pid)) await this.killHost();
    this.#isArmed.host = armed.failpoints !== undefined;
    await servers.startHost({ env: this.#environment(armed) });
  }

  #environment({ failpoints }: Armed): NodeJS.ProcessEnv {
    if (failpoints === undefined) return {};
    rmSync(this.#log, { force: true });
    rmSync(`${this.#log}.go`, { force: true });
    return { SNAPDECK_FAILPOINTS: failpoints, SNAPDECK_FAILPOINT_LOG: this.#log };
  }

  /** Waits until a failpoint acted. */
  async reached(name: string): Promise<void> {
    const hasActed = () =>
      existsSync(this.#log) &&
      readFileSync(this.#log, "utf8")
        .split("\n")
        .some((line) => line.startsWith(`${name} `));
    await until(`${name} was reached`, () => hasActed() || undefined);
  }

  /** Lets a process go on that is held at a failpoint. */
  letGo(): void {
    writeFileSync(`${this.#log}.go`, "");
  }

  async killBff(): Promise<void> {
    this.#continue(this.stack.servers.bff.pid);
    await this.stack.servers.bff.kill();
  }

  /** Its ranks notice, close their engines and end by themselves. */
  async killHost(): Promise<void> {
    this.#continue(this.stack.servers.host.pid);
    await this.stack.servers.host.kill();
  }

  killRank(rank = 0): Promise<void> {
    return this.stack.killRank(rank);
  }

  /** As a loss of power would, but for what the disk had not got yet. */
  async killAll(): Promise<void> {
    const ranks = await this.#rankPids();
    await Promise.all([this.killBff(), this.killHost()]);
    for (const pid of ranks) killIfThere(pid);
    for (const pid of ranks) await until(`rank process ${pid} is gone`, () => !isAlive(pid) || undefined);
  }

  /** Waits until the BFF has died at a failpoint. */
  async bffIsGone(): Promise<void> {
    await until("the BFF is dead", () => !isAlive(this.stack.servers.bff.pid) || undefined);
  }

  async hostIsGone(): Promise<void> {
    await until("the host manager is dead", () => !isAlive(this.stack.servers.host.pid) || undefined);
  }

  async rankPid(rank = 0): Promise<number> {
    const { ranks } = await this.stack.ranks.status();
    const pid = ranks.find((each) => each.rank === rank)?.pid;
    if (pid === undefined) throw new Error(`rank ${rank} has no process`);
    return pid;
  }

  async #rankPids(): Promise<number[]> {
    const { ranks } = await this.stack.ranks.status();
    return ranks.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  }

  /** SIGSTOP: it lives, holds what it holds, and answers nobody. */
  pause(pid: number): void {
    process.kill(pid, "SIGSTOP");
    this.#stopped.add(pid);
  }

  /** Stops the BFF for that long and lets it go on: its leases run out meanwhile. */
  async pauseBff(forMs: number): Promise<void> {
    const { pid } = this.stack.servers.bff;
    this.pause(pid);
    await sleep(forMs);
    this.#continue(pid);
  }

  /** Lets everything go on that was paused. */
  goOn(): void {
    for (const pid of this.#stopped) this.#continue(pid);
  }

  #continue(pid: number): void {
    if (this.#stopped.delete(pid) && isAlive(pid)) process.kill(pid, "SIGCONT");
  }

  /** Starts again what died, as a service manager does, and nothing else. */
  async revive(): Promise<void> {
    this.goOn();
    const { servers } = this.stack;
    if (!isAlive(servers.host.pid)) await this.host();
    if (!isAlive(servers.bff.pid)) await this.bff();
    if ((await this.stack.ranks.status()).state === "running") await this.stack.ranksAreUp();
  }

  /** Starts anew what a case had armed, so that the next one meets plain servers. */
  async disarm(): Promise<void> {
    if (this.#isArmed.host) await this.host();
    if (this.#isArmed.bff) await this.bff();
    await this.revive();
  }

  /** Waits until no job is under way; fails when that takes longer than promised. Answers how long it took, in milliseconds. */
  async settled(): Promise<number> {
    const since = performance.now();
    await until(
      "every job is settled",
      async () => {
        const isUnderWay = ({ state }: Job) => UNDER_WAY.some((name) => name === state.name);
        return (await this.jobs()).some(isUnderWay) ? undefined : true;
      },
      SETTLED_WITHIN_MS,
    );
    return Math.round(performance.now() - since);
  }

  /** The last words of BFF and host manager, for whoever looks into a failure. */
  logTail(): string {
    const lines = (name: string) => {
      const file = join(this.stack.servers.logs, `${name}.log`);
      return existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n").slice(-15) : [];
    };
    return ["bff", "host"].flatMap((name) => [`-- ${name}`, ...lines(name)]).join("\n");
  }

  // Work

  /** Undefined when the BFF died before it answered; `outcome` finds the job all the same. */
  async startBackup(): Promise<Job | undefined> {
    const admin = await this.admin();
    return answerOf(admin.get("startBackup"));
  }

  /** How a job that a case started has ended; without one, the newest of all. */
  async outcome(started?: Job): Promise<Job> {
    const id = started?.id ?? (await this.jobs())[0]?.id;
    if (id === undefined) throw new Error("no job was stored");
    return this.ended(id);
  }

  /** Takes a backup with whatever is armed; fails when it does not succeed. */
  async backUp(): Promise<Backup> {
    const { work } = await this.stack.backUp();
    if (work.kind !== "backup") throw new Error(`that was a ${work.kind}`);
    return (await this.admin()).get("getBackup", { params: { backupId: work.backupId } });
  }

  /** Undefined as with `startBackup`. */
  async startDelete(backupId: BackupId): Promise<Job | undefined> {
    const admin = await this.admin();
    return answerOf(admin.get("deleteBackup", { params: { backupId } }));
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

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It went with its host manager.
  }
}

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive, processesOf, until } from "../harness/processes.ts";
import type { Stack } from "../harness/stack.ts";

/** What a start of the BFF or the host manager is to meet. */
export type Armed = {
  /** As in `SNAPDECK_FAILPOINTS`. */
  readonly failpoints?: string;
  /** How slowly a backup copies. */
  readonly bytesPerSecond?: number;
  /** Its clock can be moved with `moveClock`. */
  readonly movableClock?: boolean;
};

const MOVED_CLOCK = new URL("moved-clock.mjs", import.meta.url).href;

/** The processes of a world: how they are armed, killed, paused and started again. */
export class FaultProcesses {
  readonly stack: Stack;
  readonly #stopped = new Set<number>();
  readonly #log: string;
  /** When something was started or let go on, in milliseconds since the epoch. */
  readonly #startedAtMs: number[] = [];
  #isArmed = { bff: false, host: false };

  constructor(stack: Stack) {
    this.stack = stack;
    this.#log = join(stack.servers.home, "failpoints");
  }

  /** Starts the BFF anew, armed as asked, and waits until it serves. */
  async bff(armed: Armed = {}): Promise<void> {
    const { servers } = this.stack;
    if (isAlive(servers.bff.pid)) await this.killBff();
    this.#isArmed.bff = Object.keys(armed).length > 0;
    const cluster = armed.bytesPerSecond === undefined ? {} : { backupBandwidthBytesPerSecond: armed.bytesPerSecond };
    this.#startedAtMs.push(Date.now());
    await servers.startBff({ env: this.#environment(armed), cluster });
  }

  /** Starts the host manager anew, armed as asked; its ranks may still be starting when it serves. */
  async host(armed: Pick<Armed, "failpoints"> = {}): Promise<void> {
    const { servers } = this.stack;
    if (isAlive(servers.host.pid)) await this.killHost();
    this.#isArmed.host = armed.failpoints !== undefined;
    this.#startedAtMs.push(Date.now());
    await servers.startHost({ env: this.#environment(armed) });
  }

  #environment({ failpoints, movableClock = false }: Armed): NodeJS.ProcessEnv {
    for (const file of [this.#log, `${this.#log}.go`, this.#clock]) rmSync(file, { force: true });
    return {
      ...(failpoints === undefined ? {} : { SNAPDECK_FAILPOINTS: failpoints, SNAPDECK_FAILPOINT_LOG: this.#log }),
      ...(movableClock ? { NODE_OPTIONS: `--import=${MOVED_CLOCK}`, SNAPDECK_FAULT_CLOCK: this.#clock } : {}),
    };
  }

  /** Puts the clock of a process that was armed for it forward or, with a negative number, back. */
  moveClock(byMs: number): void {
    writeFileSync(this.#clock, String(byMs));
  }

  get #clock(): string {
    return `${this.#log}.clock`;
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
    this.#startedAtMs.push(Date.now());
    writeFileSync(`${this.#log}.go`, "");
  }

  /** How long after the last start before it something ended, in milliseconds; undefined when nothing was started before. */
  msSinceStart(endedAt: string): number | undefined {
    const endedAtMs = Date.parse(endedAt);
    const startedAtMs = this.#startedAtMs.findLast((each) => each <= endedAtMs);
    return startedAtMs === undefined ? undefined : endedAtMs - startedAtMs;
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

  /** As a loss of power would, but for what the disk had not got yet. Maintenance and throw-away ranks go too. */
  async killAll(): Promise<void> {
    const { bff, host } = this.stack.servers;
    const others = processesOf(this.stack.servers.home).filter(({ pid }) => pid !== bff.pid && pid !== host.pid);
    await Promise.all([this.killBff(), this.killHost()]);
    for (const { pid } of others) killIfThere(pid);
    for (const { pid } of others) await until(`process ${pid} is gone`, () => !isAlive(pid) || undefined);
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
    if (!this.#stopped.delete(pid) || !isAlive(pid)) return;
    this.#startedAtMs.push(Date.now());
    process.kill(pid, "SIGCONT");
  }

  /** Starts again what died, as a service manager does, and nothing else. */
  async revive(): Promise<void> {
    this.goOn();
    const { servers } = this.stack;
    if (!isAlive(servers.host.pid)) await this.host();
    if (!isAlive(servers.bff.pid)) await this.bff();
    await until("the cluster runs, or is suspended", async () => {
      const { state, ranks } = await this.stack.ranks.status();
      return state === "suspended" || (state === "running" && ranks.every((rank) => rank.state === "up")) || undefined;
    });
  }

  /** Starts anew what a case had armed, so that the next one meets plain servers. */
  async disarm(): Promise<void> {
    if (this.#isArmed.host) await this.host();
    if (this.#isArmed.bff) await this.bff();
    await this.revive();
  }

  /** The last words of BFF and host manager, for whoever looks into a failure. */
  logTail(): string {
    const lines = (name: string) => {
      const file = join(this.stack.servers.logs, `${name}.log`);
      return existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n").slice(-15) : [];
    };
    return ["bff", "host"].flatMap((name) => [`-- ${name}`, ...lines(name)]).join("\n");
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It went with its host manager.
  }
}

import type { HostOrder, HostStatus, HostTransition } from "@snapdeck/contract/host";
import { failpoint } from "@snapdeck/failpoint/failpoint";
import type { Logger } from "pino";
import type { Admission } from "./admission.ts";
import { type ClusterFacts, rememberOrder } from "./cluster-facts.ts";
import type { ClusterFile } from "./cluster-file.ts";
import {
  assertMayResume,
  assertMaySuspend,
  assertNotFenced,
  hostStateOf,
  type OrderKind,
  recognizeOrder,
} from "./host-state.ts";
import type { RankGroup } from "./rank-group.ts";

/** How long queries may go on when the host manager itself is told to stop, in milliseconds: a terminal waits for it. */
const SHUTDOWN_DRAIN_MS = 2_000;

/**
 * Suspend and resume. The wish is durable before anything is stopped or started, so that a host manager that dies in between
 * carries on with it; `suspended` is reached only when the processes and their directory locks were seen to be gone.
 */
export class Lifecycle {
  readonly live: RankGroup;
  readonly #file: ClusterFile;
  readonly #admission: Admission;
  readonly #drainMs: number;
  readonly #log: Logger;
  #current: HostTransition | undefined;
  #isBusy = false;
  #isClosing = false;

  constructor(parts: { live: RankGroup; file: ClusterFile; admission: Admission; drainMs: number; log: Logger }) {
    this.live = parts.live;
    this.#file = parts.file;
    this.#admission = parts.admission;
    this.#drainMs = parts.drainMs;
    this.#log = parts.log;
  }

  /** Processes are being started or stopped. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  get state(): HostStatus["state"] {
    return hostStateOf(this.#file.facts, this.#isBusy);
  }

  /** Under way, or the last one that ended. */
  get transition(): HostTransition | undefined {
    if (this.#current === undefined) return this.#file.facts.transition;
    return this.#current.phase === "draining"
      ? { ...this.#current, queriesLeft: this.live.queriesLeft }
      : this.#current;
  }

  /** Brings the ranks to the state that was asked for last. No rank may live yet. Returns while they start. */
  async begin(): Promise<void> {
    const { desired, transition } = this.#file.facts;
    if (desired === "suspended") {
      if (transition?.kind === "suspend" && transition.phase !== "done") await this.#record(endOf(transition, "done"));
      return;
    }
    const unfinished = transition?.kind === "resume" && transition.endedAt === undefined ? transition : undefined;
    this.#isBusy = true;
    void (unfinished === undefined ? this.#startAgain() : this.#resume(unfinished));
  }

  /** @param gone aborts when nobody waits for the order any more; refused then, unless it was accepted before */
  suspend(order: HostOrder, gone?: AbortSignal): Promise<void> {
    return this.#accept("suspend", order, gone, assertMaySuspend, (transition) => this.#suspend(transition));
  }

  resume(order: HostOrder, gone?: AbortSignal): Promise<void> {
    return this.#accept("resume", order, gone, assertMayResume, (transition) => this.#resume(transition));
  }

  /** Stops the ranks for as long as no host manager runs; what the operator asked for stays as it is. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.live.drain(SHUTDOWN_DRAIN_MS);
    await this.live.stop();
  }

  #accept(
    kind: OrderKind,
    order: HostOrder,
    gone: AbortSignal | undefined,
    assertMay: (facts: ClusterFacts, isBusy: boolean) => void,
    carryOut: (transition: HostTransition) => Promise<void>,
  ): Promise<void> {
    return this.#admission.run(async () => {
      if (recognizeOrder(this.#file.facts, kind, order.operationId) === "known") return;
      assertNotFenced(this.#file.facts, order.fencingToken);
      assertMay(this.#file.facts, this.#isBusy);
      const transition: HostTransition = {
        operationId: order.operationId,
        kind,
        phase: kind === "suspend" ? "draining" : "starting",
        startedAt: new Date().toISOString(),
      };
      await this.#file.change((facts) =>
        rememberOrder(
          {
            ...facts,
            desired: kind === "suspend" ? "suspended" : "running",
            fencingToken: order.fencingToken,
            transition,
          },
          { operationId: order.operationId, kind },
        ),
      );
      this.#log.info({ kind, operationId: order.operationId, fencingToken: order.fencingToken }, "order accepted");
      this.#isBusy = true;
      void carryOut(transition);
    }, gone);
  }

  async #suspend(transition: HostTransition): Promise<void> {
    try {
      this.#current = transition;
      await failpoint("suspend.afterIntent");
      await this.live.drain(this.#drainMs);
      await failpoint("suspend.afterDrain");
      this.#current = { ...transition, phase: "stopping" };
      await this.live.stop();
      await failpoint("suspend.afterStop");
      const reason = await this.live.notGoneBecause();
      if (reason !== undefined) throw new Error(reason);
      await this.#end(endOf(transition, "done"));
    } catch (error) {
      await this.#fail(transition, error);
    }
  }

  async #resume(transition: HostTransition): Promise<void> {
    try {
      this.#current = transition;
      await failpoint("resume.afterIntent");
      const failures = await this.live.start();
      if (this.#isClosing) return;
      if (failures.length > 0) throw new Error(failures.join("; "));
      await failpoint("resume.afterStart");
      await this.#noteEngineVersion();
      await this.#end(endOf(transition, "done"));
    } catch (error) {
      if (this.#isClosing) return;
      await this.live.stop();
      await this.#fail(transition, error, { desired: "suspended" });
    }
  }

  /** After a start of the host manager: what comes up serves, what does not is shown as crashed and tried again. */
  async #startAgain(): Promise<void> {
    try {
      const failures = await this.live.start();
      if (failures.length > 0) this.#log.error({ failures }, "not all ranks came up");
      await this.#noteEngineVersion();
    } catch (error) {
      this.#log.error({ err: error }, "the start of the ranks is not recorded");
    } finally {
      this.#isBusy = false;
    }
  }

  async #noteEngineVersion(): Promise<void> {
    const version = this.live.slots.find((slot) => slot.ready !== undefined)?.ready?.engineVersion;
    if (version === undefined || version === this.#file.facts.engineVersion) return;
    await this.#file.change((facts) => ({ ...facts, engineVersion: version }));
  }

  async #fail(transition: HostTransition, error: unknown, change: Partial<ClusterFacts> = {}): Promise<void> {
    const detail = error instanceof Error ? error.message : String(error);
    this.#log.error({ kind: transition.kind, detail }, "the transition failed");
    const failed = { ...endOf(transition, "failed"), detail };
    try {
      await this.#end(failed, change);
    } catch (cause) {
      this.#log.error({ err: cause }, "the end of the transition could not be written down");
      this.#current = failed;
      this.#isBusy = false;
    }
  }

  async #end(transition: HostTransition, change: Partial<ClusterFacts> = {}): Promise<void> {
    await this.#record(transition, change);
    this.#current = undefined;
    this.#isBusy = false;
    this.#log.info({ kind: transition.kind, phase: transition.phase }, "the transition ended");
  }

  #record(transition: HostTransition, change: Partial<ClusterFacts> = {}): Promise<ClusterFacts> {
    return this.#file.change((facts) => ({ ...facts, ...change, transition }));
  }
}

function endOf(transition: HostTransition, phase: "done" | "failed"): HostTransition {
  return { ...transition, phase, endedAt: new Date().toISOString() };
}

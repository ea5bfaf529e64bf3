import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { DigestKind } from "@snapdeck/core/ports/object-store";
import { checksumModule } from "@snapdeck/engine-checksum/engine-checksum";

/** One core stays with the main thread; two threads read as fast as most disks do. */
const THREADS = Math.max(1, Math.min(2, availableParallelism() - 1));

/** How long a thread without work is kept for more, in milliseconds. */
const IDLE_MS = 5_000;

const THREAD = new URL("./digest-worker.mjs", import.meta.url);

/** A file to be read in full: `parts` of a checked path below `root`. */
export type DigestRequest = { readonly root: string; readonly parts: readonly string[]; readonly kind: DigestKind };

export type DigestAnswer =
  | { readonly type: "done"; readonly sizeBytes: number; readonly digest: string }
  | { readonly type: "absent" }
  /** A link or a special file stands there. */
  | { readonly type: "refused"; readonly place: string }
  | { readonly type: "failed"; readonly code: string | undefined; readonly message: string };

type Message = DigestAnswer | { readonly type: "read"; readonly bytes: number };

type Task = {
  readonly request: DigestRequest;
  readonly onBytes: ((bytes: number) => void) | undefined;
  readonly end: (outcome: { answer: DigestAnswer } | { thrown: unknown }) => void;
};

/** Threads that digest files; started when there is work, ended when there is none. They keep the process alive while they work. */
class DigestThreads {
  readonly #waiting: Task[] = [];
  readonly #threads = new Set<DigestThread>();

  /** Rejects with the signal's reason as soon as it aborts, whatever the disk is doing. */
  digest(
    request: DigestRequest,
    signal: AbortSignal,
    onBytes: ((bytes: number) => void) | undefined,
  ): Promise<DigestAnswer> {
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#giveUp(task);
        task.end({ thrown: signal.reason });
      };
      const task: Task = {
        request,
        onBytes,
        end: (outcome) => {
          signal.removeEventListener("abort", abort);
          if ("answer" in outcome) resolve(outcome.answer);
          else reject(outcome.thrown);
        },
      };
      if (signal.aborted) return reject(signal.reason);
      signal.addEventListener("abort", abort, { once: true });
      this.#waiting.push(task);
      this.#goOn();
    });
  }

  #goOn(): void {
    while (this.#waiting.length > 0) {
      const thread = [...this.#threads].find((each) => each.task === undefined) ?? this.#start();
      const task = thread && this.#waiting.shift();
      if (task === undefined) return;
      thread?.begin(task);
    }
  }

  #start(): DigestThread | undefined {
    if (this.#threads.size >= THREADS) return undefined;
    const thread = new DigestThread(
      () => this.#goOn(),
      () => {
        this.#threads.delete(thread);
        this.#goOn();
      },
    );
    this.#threads.add(thread);
    return thread;
  }

  /** A thread hears nothing while it reads, and a dead disk may hold it for ever: so it is ended, and a new one started when needed. */
  #giveUp(task: Task): void {
    const at = this.#waiting.indexOf(task);
    if (at >= 0) this.#waiting.splice(at, 1);
    for (const thread of this.#threads) if (thread.task === task) thread.end();
  }
}

class DigestThread {
  task: Task | undefined;
  readonly #worker: Worker;
  readonly #onGone: () => void;
  #idle: NodeJS.Timeout | undefined;

  constructor(onFree: () => void, onGone: () => void) {
    this.#onGone = onGone;
    // Whatever this process was told to load first is of no use there.
    this.#worker = new Worker(THREAD, { workerData: { checksumModule: checksumModule() }, execArgv: [] });
    this.#worker.on("message", (message: Message) => {
      if (message.type === "read") {
        this.task?.onBytes?.(message.bytes);
        return;
      }
      this.#finish({ answer: message });
      this.#rest();
      onFree();
    });
    this.#worker.on("error", (thrown) => {
      this.#finish({ thrown });
      this.#leave();
    });
    this.#worker.on("exit", (code) => {
      this.#finish({ thrown: new Error(`the thread that read the file ended with ${code}`) });
      this.#leave();
    });
  }

  begin(task: Task): void {
    clearTimeout(this.#idle);
    this.task = task;
    this.#worker.ref();
    this.#worker.postMessage(task.request);
    task.onBytes?.(0);
  }

  /** Ends the thread, and forgets its task. */
  end(): void {
    this.task = undefined;
    this.#leave();
    // It may be long until a read returns; nobody waits for it.
    this.#worker.unref();
    void this.#worker.terminate();
  }

  #finish(outcome: Parameters<Task["end"]>[0]): void {
    const task = this.task;
    this.task = undefined;
    task?.end(outcome);
  }

  #rest(): void {
    this.#worker.unref();
    this.#idle = setTimeout(() => this.end(), IDLE_MS).unref();
  }

  #leave(): void {
    clearTimeout(this.#idle);
    this.#onGone();
  }
}

/** One set for the whole process: all stores compete for the same cores. */
export const digestThreads = new DigestThreads();

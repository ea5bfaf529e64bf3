import { LIVE_CLOSE, LiveFrame, type LiveRequest } from "@snapdeck/contract/live";
import { reconnectDelayMs } from "./reconnect-delay.ts";

/** The part of a WebSocket that is used, so that tests can bring their own. */
export type Wire = Pick<WebSocket, "send" | "close" | "readyState" | "onopen" | "onclose" | "onmessage">;

/** How the connection stands. Times in milliseconds since 1970. */
export type SocketStatus = {
  /** `connecting` until the first frame; `offline` after silence or a failed try, until one succeeds. */
  readonly state: "live" | "connecting" | "offline";
  /** When the next try is made; absent while one is under way or none is needed. */
  readonly nextTryAtMs?: number;
};

type Options = {
  readonly open: () => Wire;
  /** The wire is open: say what to follow. */
  readonly onOpen: () => void;
  readonly onFrame: (frame: LiveFrame) => void;
  /** Something came that is no frame this page knows, as from a newer server: whatever it told is missing here. */
  readonly onUnread: () => void;
  /** The server closed the wire because nobody is signed in on it. */
  readonly onSignedOut: () => void;
  /** In [0, 1). Default `Math.random`. */
  readonly random?: () => number;
};

/** A connection without a frame for this long is dead: two beats of 5 s may be lost, or late by 2 s (contract, `beat`). */
const SILENCE_MS = 12_000;
const OPEN = 1;

/** One WebSocket that comes back by itself. */
export class LiveSocket {
  readonly #options: Options;
  readonly #listeners = new Set<() => void>();
  #wire: Wire | undefined;
  #status: SocketStatus = { state: "connecting" };
  #failures = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #watchdog: ReturnType<typeof setTimeout> | undefined;
  #lastFrameAtMs: number | undefined;
  #lostAtMs: number | undefined;
  #stopped = true;

  constructor(options: Options) {
    this.#options = options;
  }

  readonly status = (): SocketStatus => this.#status;

  /** When the server last said anything; undefined before it did. */
  lastFrameAtMs(): number | undefined {
    return this.#lastFrameAtMs;
  }

  /** Since when there is no live connection; undefined while there is one. */
  lostAtMs(): number | undefined {
    return this.#lostAtMs;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#connect();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#retry);
    this.#drop();
  }

  /** Tries at once instead of waiting: the network is back, or the user looks at the page again. */
  readonly tryNow = (): void => {
    if (this.#stopped || this.#status.nextTryAtMs === undefined) return;
    clearTimeout(this.#retry);
    this.#connect();
  };

  /** Says it if the wire is open; what is to be followed is said again whenever it opens. */
  send(request: LiveRequest): void {
    if (this.#wire?.readyState === OPEN) this.#wire.send(JSON.stringify(request));
  }

  #connect(): void {
    this.#set({ state: this.#status.state === "offline" ? "offline" : "connecting" });
    const wire = this.#options.open();
    this.#wire = wire;
    this.#watch();
    wire.onopen = () => {
      this.#watch();
      this.#options.onOpen();
    };
    wire.onmessage = ({ data }) => this.#receive(data);
    wire.onclose = ({ code }) => {
      if (code === LIVE_CLOSE.signedOut) this.#options.onSignedOut();
      this.#lost();
    };
  }

  #receive(data: unknown): void {
    this.#watch();
    this.#lastFrameAtMs = Date.now();
    this.#failures = 0;
    this.#lostAtMs = undefined;
    if (this.#status.state !== "live") this.#set({ state: "live" });
    const frame = LiveFrame.safeParse(parsedJson(data));
    if (frame.success) this.#options.onFrame(frame.data);
    else this.#options.onUnread();
  }

  #watch(): void {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.#lost("offline"), SILENCE_MS);
  }

  /** A wire that broke is often back at once; one that fell silent has been away for long already. */
  #lost(state: SocketStatus["state"] = this.#failures === 0 ? "connecting" : "offline"): void {
    this.#drop();
    if (this.#stopped) return;
    this.#lostAtMs ??= Date.now();
    const delayMs = reconnectDelayMs(this.#failures, (this.#options.random ?? Math.random)());
    this.#failures += 1;
    this.#set({ state, nextTryAtMs: Date.now() + delayMs });
    this.#retry = setTimeout(() => this.#connect(), delayMs);
  }

  #drop(): void {
    clearTimeout(this.#watchdog);
    const wire = this.#wire;
    this.#wire = undefined;
    if (wire === undefined) return;
    wire.onopen = null;
    wire.onmessage = null;
    wire.onclose = null;
    wire.close();
  }

  #set(status: SocketStatus): void {
    this.#status = status;
    for (const listener of this.#listeners) listener();
  }
}

function parsedJson(data: unknown): unknown {
  if (typeof data !== "string") return undefined;
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

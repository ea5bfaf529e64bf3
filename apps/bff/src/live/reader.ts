import { LIVE_CLOSE } from "@snapdeck/contract/live";
import type { Presence } from "../auth/sessions.ts";
import type { EncodedFrame } from "./encode-frame.ts";

/** What is needed of a WebSocket (`ws`). */
export type LiveSocket = {
  /** Bytes that were sent and that the kernel has not taken yet. */
  readonly bufferedAmount: number;
  send(data: Buffer, options: { binary: boolean }, done: (error?: Error | null) => void): void;
  ping(): void;
  close(code: number, reason: string): void;
  terminate(): void;
};

/** From here on a reader is slow: frames of which only the newest counts are not sent to it. */
export const SLOW_BYTES = 64 * 1024;
/** From here on it is too slow, and is let go: 5,000 readers may not take the memory of the process. */
export const TOO_SLOW_BYTES = 1024 * 1024;

/** How long a reader may take to close before its connection is cut, in milliseconds. */
const CLOSE_WITHIN_MS = 2_000;

/** One live connection, and what is sent to it however slowly it reads. */
export class Reader {
  /** Who reads; replaced when the session is looked up again. */
  presence: Presence;
  readonly #socket: LiveSocket;
  readonly #waiting = new Map<string, EncodedFrame>();
  #closing = false;
  #whenDrained: (() => void)[] = [];

  constructor(socket: LiveSocket, presence: Presence) {
    this.#socket = socket;
    this.presence = presence;
  }

  get isClosing(): boolean {
    return this.#closing;
  }

  /** Whether the reader has fallen so far behind that it should be let go. */
  get isTooSlow(): boolean {
    return this.#socket.bufferedAmount > TOO_SLOW_BYTES;
  }

  /** Sends a frame, or holds or drops it as its kind allows. */
  deliver(frame: EncodedFrame): void {
    if (this.#closing) return;
    if (frame.delivery === "state" || this.#socket.bufferedAmount <= SLOW_BYTES) this.#send(frame);
    else if (frame.delivery === "newest") this.#waiting.set(frame.key, frame);
  }

  /** Sends what waits, if the reader has caught up. */
  catchUp(): void {
    if (this.#closing || this.#waiting.size === 0 || this.#socket.bufferedAmount > SLOW_BYTES) return;
    const frames = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const frame of frames) this.#send(frame);
  }

  /** Resolves when the reader has caught up, or the connection is gone. */
  async drained(): Promise<void> {
    if (this.#closing || this.#socket.bufferedAmount <= SLOW_BYTES) return;
    await new Promise<void>((resolve) => this.#whenDrained.push(resolve));
  }

  /** The connection is gone. */
  gone(): void {
    this.#closing = true;
    this.#waiting.clear();
    this.#tellDrained();
  }

  ping(): void {
    if (!this.#closing) this.#socket.ping();
  }

  /** Says why and closes; a reader that does not answer is cut off. */
  close(code: number, reason: string): void {
    if (this.#closing) return;
    this.gone();
    this.#socket.close(code, reason);
    setTimeout(() => this.#socket.terminate(), CLOSE_WITHIN_MS).unref();
  }

  /** Lets a reader go that cannot follow: it is told to read over HTTP, then closed. */
  letGo(resyncs: readonly EncodedFrame[]): void {
    for (const frame of resyncs) this.#send(frame);
    this.close(LIVE_CLOSE.tooSlow, "too far behind");
  }

  #send(frame: EncodedFrame): void {
    if (frame.delivery === "newest") this.#waiting.delete(frame.key);
    this.#socket.send(frame.data, { binary: false }, this.#sent);
  }

  /** The kernel took a frame, or (with an error) the connection is gone. One function for all sends: there are many. */
  readonly #sent = (error?: Error | null): void => {
    if (this.#whenDrained.length === 0) return;
    if (error instanceof Error || this.#socket.bufferedAmount <= SLOW_BYTES) this.#tellDrained();
  };

  #tellDrained(): void {
    const waiting = this.#whenDrained;
    this.#whenDrained = [];
    for (const resolve of waiting) resolve();
  }
}

import { LIVE_CLOSE } from "@snapdeck/contract/live";
import type { Presence } from "../auth/sessions.ts";
import type { EncodedFrame } from "./encode-frame.ts";
import type { Wire } from "./wire.ts";

/** From here on a reader is slow: frames of which only the newest counts are not sent to it. */
export const SLOW_BYTES = 64 * 1024;
/** From here on it is too slow, and is let go: 5,000 readers may not take the memory of the process. */
export const TOO_SLOW_BYTES = 1024 * 1024;

const NOTHING = Buffer.alloc(0);

/** How long a reader may take to close before its connection is cut, in milliseconds. */
const CLOSE_WITHIN_MS = 2_000;

/** One live connection, and what is sent to it however slowly it reads. */
export class Reader {
  /** Who reads; replaced when the session is looked up again. */
  presence: Presence;
  readonly #wire: Wire;
  readonly #waiting = new Map<string, EncodedFrame>();
  #closing = false;

  constructor(wire: Wire, presence: Presence) {
    this.#wire = wire;
    this.presence = presence;
  }

  get isClosing(): boolean {
    return this.#closing;
  }

  /** Whether the reader has fallen so far behind that it should be let go. */
  get isTooSlow(): boolean {
    return this.#wire.bufferedBytes > TOO_SLOW_BYTES;
  }

  /** Sends a frame, or holds or drops it as its kind allows. */
  deliver(frame: EncodedFrame): void {
    if (this.#closing) return;
    if (frame.delivery === "state" || this.#wire.bufferedBytes <= SLOW_BYTES) this.#send(frame);
    else if (frame.delivery === "newest") this.#waiting.set(frame.key, frame);
  }

  /** Sends what waits, if the reader has caught up. */
  catchUp(): void {
    if (this.#closing || this.#waiting.size === 0 || this.#wire.bufferedBytes > SLOW_BYTES) return;
    const frames = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const frame of frames) this.#send(frame);
  }

  /** Resolves when the kernel has taken all that was sent before, or the connection is gone. */
  async drained(): Promise<void> {
    await new Promise<void>((resolve) => this.#wire.write(NOTHING, () => resolve()));
  }

  /** The connection is gone. */
  gone(): void {
    this.#closing = true;
    this.#waiting.clear();
  }

  ping(): void {
    if (!this.#closing) this.#wire.ping();
  }

  /** Says why and closes; a reader that does not answer is cut off. */
  close(code: number, reason: string): void {
    if (this.#closing) return;
    this.gone();
    this.#wire.close(code, reason);
    setTimeout(() => this.#wire.terminate(), CLOSE_WITHIN_MS).unref();
  }

  /** Lets a reader go that cannot follow: it is told to read over HTTP, then closed. */
  letGo(resyncs: readonly EncodedFrame[]): void {
    for (const frame of resyncs) this.#send(frame);
    this.close(LIVE_CLOSE.tooSlow, "too far behind");
  }

  #send(frame: EncodedFrame): void {
    if (frame.delivery === "newest") this.#waiting.delete(frame.key);
    this.#wire.write(frame.bytes);
  }
}

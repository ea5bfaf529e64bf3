import type { Duplex } from "node:stream";
import { WebSocket } from "ws";

/** What is sent to one reader goes through this. */
export type Wire = {
  /** Bytes that were sent and that the kernel has not taken yet. */
  readonly bufferedBytes: number;
  /** Sends whole frames; `done` is called when the kernel has taken them, or with an error when the connection is gone. */
  write(frames: Buffer, done?: (error?: Error | null) => void): void;
  ping(): void;
  close(code: number, reason: string): void;
  terminate(): void;
};

/**
 * A connection of `ws` whose text frames are written beside it: they are made once for thousands of readers, and `ws` would
 * make header and buffers anew for each. Whole frames may be mixed with those that
 * `ws` writes by itself (ping, pong, close), because compression is off and none is fragmented.
 */
export function wireOf(socket: WebSocket, stream: Duplex): Wire {
  return {
    get bufferedBytes() {
      return stream.writableLength;
    },
    write(frames, done) {
      // Nothing may follow a close frame.
      if (socket.readyState === WebSocket.OPEN) stream.write(frames, done);
      else done?.(new Error("the connection is closing"));
    },
    ping: () => socket.ping(),
    close: (code, reason) => socket.close(code, reason),
    terminate: () => socket.terminate(),
  };
}

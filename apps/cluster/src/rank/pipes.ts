import { closeSync, constants, openSync } from "node:fs";
import { Socket } from "node:net";

/**
 * Rows leave and enter the engine through a named pipe, as the file of INTO OUTFILE and FROM INFILE. chdb has two other ways
 * out: a buffer that holds the whole result, and a stream that prints each chunk as a document of its own (a second header in
 * CSVWithNames, a second root in JSON, a second file in Parquet). Through a pipe every format streams, in constant memory, and
 * a slow reader slows the engine down.
 */

/** More than a pipe can hold (pipe(7): 64 KiB, and 1 MiB at most where someone raised it for a single one). */
export const MORE_THAN_A_PIPE_BYTES = 256 * 1024;
const NUDGE_MS = 50;

function openNonBlocking(path: string, direction: number): number {
  return openSync(path, direction | constants.O_NONBLOCK);
}

/** The end we read from. The engine opens the other one. */
export class OutputPipe {
  readonly readable: Socket;
  #holder: number | undefined;

  constructor(path: string) {
    const reader = openNonBlocking(path, constants.O_RDONLY);
    // With no writer at all a reader is at its end at once; this one keeps the pipe open until the engine is done.
    this.#holder = openNonBlocking(path, constants.O_WRONLY);
    this.readable = new Socket({ fd: reader, readable: true, writable: false });
  }

  /** The engine is done: what is still in the pipe comes out, then the end. */
  end(): void {
    if (this.#holder !== undefined) closeSync(this.#holder);
    this.#holder = undefined;
  }

  close(): void {
    this.end();
    this.readable.destroy();
  }
}

/** The end we write to. The engine opens the other one. */
export class InputPipe {
  readonly writable: Socket;
  readonly #path: string;
  #holder: number | undefined;
  #nudging: NodeJS.Timeout | undefined;

  constructor(path: string) {
    this.#path = path;
    // Without a reader there can be no writer that does not block; it also keeps writes from failing before the engine came.
    this.#holder = openNonBlocking(path, constants.O_RDONLY);
    const writer = openNonBlocking(path, constants.O_WRONLY);
    this.writable = new Socket({ fd: writer, readable: false, writable: true });
    // An engine that stops reading says why itself.
    this.writable.on("error", () => undefined);
  }

  /**
   * No data comes any more, because it was all or because the statement was killed. An engine that has not opened its end yet
   * would wait for a writer for ever, so one shows up now and then until `close`.
   */
  hangUp(): void {
    this.writable.destroy();
    this.#nudging ??= setInterval(() => closeSync(openNonBlocking(this.#path, constants.O_WRONLY)), NUDGE_MS);
  }

  /** The engine is done. */
  close(): void {
    clearInterval(this.#nudging);
    this.writable.destroy();
    if (this.#holder !== undefined) closeSync(this.#holder);
    this.#holder = undefined;
  }
}

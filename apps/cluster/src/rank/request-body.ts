import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { EngineError } from "./engine-error.ts";

/** The longest statement without its data that is taken into memory. ClickHouse's `max_query_size` (256 KiB) is the engine's. */
export const MAX_STATEMENT_BYTES = 16 * 1024 * 1024;

function decompressor(encoding: string) {
  if (encoding === "gzip" || encoding === "x-gzip") return createGunzip();
  if (encoding === "deflate") return createInflate();
  if (encoding === "br") return createBrotliDecompress();
  throw new EngineError(89, "UNKNOWN_COMPRESSION_METHOD", `Unknown compression method '${encoding}'`);
}

/**
 * The body of a request, decompressed, read piece by piece at the reader's pace. What was read of it can be looked at before it
 * is decided what becomes of the rest.
 */
export class RequestBody {
  readonly #chunks: NodeJS.AsyncIterator<Buffer>;
  #ended = false;

  private constructor(stream: Readable) {
    this.#chunks = stream.iterator({ destroyOnReturn: false });
  }

  /** Throws an EngineError when the body is compressed in a way that is not known. */
  static of(request: IncomingMessage): RequestBody {
    const encoding = request.headers["content-encoding"]?.trim().toLowerCase();
    if (encoding === undefined || encoding === "" || encoding === "identity") return new RequestBody(request);
    const plain = decompressor(encoding);
    request.on("error", (error) => plain.destroy(error));
    return new RequestBody(request.pipe(plain));
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** The next piece, or undefined at the end. Rejects when the client went away or sent what cannot be decompressed. */
  async next(): Promise<Buffer | undefined> {
    if (this.#ended) return undefined;
    try {
      const { done, value } = await this.#chunks.next();
      if (done !== true) return value;
      this.#ended = true;
      return undefined;
    } catch (error) {
      this.#ended = true;
      const code = error instanceof Error && "code" in error ? String(error.code) : "";
      if (!code.startsWith("Z_") && !code.startsWith("ERR_")) throw error;
      throw new EngineError(354, "ZLIB_INFLATE_FAILED", "The body of the request cannot be decompressed", {
        cause: error,
      });
    }
  }

  /** `start`, and what follows it until there are `bytes` of it or the body ends. */
  async fill(start: Buffer, bytes: number): Promise<Buffer> {
    const pieces = [start];
    let size = start.length;
    while (size < bytes) {
      const piece = await this.next();
      if (piece === undefined) break;
      pieces.push(piece);
      size += piece.length;
    }
    return pieces.length === 1 ? start : Buffer.concat(pieces);
  }

  /** Reads to the end and forgets it, so that the client gets to read its answer. Never rejects. */
  async discard(): Promise<void> {
    try {
      while ((await this.next()) !== undefined);
    } catch {
      this.#ended = true;
    }
  }
}

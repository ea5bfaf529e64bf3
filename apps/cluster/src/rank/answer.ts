import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { constants, createBrotliCompress, createDeflate, createGzip } from "node:zlib";
import { contentTypeOf } from "./content-type.ts";
import { type EngineError, httpStatusOf } from "./engine-error.ts";
import type { ResponseEncoding } from "./request.ts";

/** ClickHouse's default `http_zlib_compression_level`. */
const COMPRESSION_LEVEL = 3;
/**
 * So much of a result waits until more comes or all is done: an error that comes early still gets its HTTP status, and a short
 * answer its complete summary. (ClickHouse waits for 1 MiB.)
 */
const HOLD_BACK_BYTES = 256 * 1024;
/** The most that waits when the client asked for `wait_end_of_query`. ClickHouse goes on in a file; we start to send. */
const MAX_HOLD_BACK_BYTES = 64 * 1024 * 1024;

/** Counts of the engine, as ClickHouse reports them in X-ClickHouse-Summary. */
export type Summary = {
  readRows: number;
  readBytes: number;
  writtenRows: number;
  writtenBytes: number;
  elapsedMs: number;
};

export const NOTHING_DONE: Summary = { readRows: 0, readBytes: 0, writtenRows: 0, writtenBytes: 0, elapsedMs: 0 };

function printSummary(summary: Summary): string {
  return JSON.stringify({
    read_rows: String(summary.readRows),
    read_bytes: String(summary.readBytes),
    written_rows: String(summary.writtenRows),
    written_bytes: String(summary.writtenBytes),
    total_rows_to_read: "0",
    result_rows: "0",
    result_bytes: "0",
    elapsed_ns: String(Math.round(summary.elapsedMs * 1e6)),
  });
}

function compressor(encoding: ResponseEncoding) {
  if (encoding === "gzip") return createGzip({ level: COMPRESSION_LEVEL });
  if (encoding === "deflate") return createDeflate({ level: COMPRESSION_LEVEL });
  return createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: COMPRESSION_LEVEL } });
}

export type ServerFacts = { engineVersion: string; displayName: string; timezone: string };

/** The answer to one request: rows as they come, or an error in ClickHouse's form, at whatever moment it happens. */
export class Answer {
  readonly #response: ServerResponse;
  readonly #facts: ServerFacts;
  #queryId: string;
  readonly #tag = randomBytes(8).toString("hex");
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #holdBackBytes = HOLD_BACK_BYTES;
  #format = "TabSeparated";
  #encoding: ResponseEncoding | undefined;
  #compressor: ReturnType<typeof compressor> | undefined;

  constructor(response: ServerResponse, facts: ServerFacts, queryId: string) {
    this.#response = response;
    this.#facts = facts;
    this.#queryId = queryId;
  }

  /** The query id that the answer carries. */
  identify(queryId: string): void {
    this.#queryId = queryId;
  }

  describe(options: { format: string; encoding: ResponseEncoding | undefined; waitsForEnd: boolean }): void {
    this.#format = options.format;
    this.#encoding = options.encoding;
    this.#holdBackBytes = options.waitsForEnd ? MAX_HOLD_BACK_BYTES : HOLD_BACK_BYTES;
  }

  /** Resolves when the client can take more, or is gone: then what is written goes nowhere. Never rejects. */
  async write(chunk: Uint8Array): Promise<void> {
    if (this.#response.headersSent) return this.#send(chunk);
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    if (this.#heldBytes <= this.#holdBackBytes) return;
    this.#start(NOTHING_DONE);
    for (const held of this.#held) await this.#send(held);
    this.#held = [];
  }

  async end(summary: Summary): Promise<void> {
    if (this.#response.destroyed) return;
    if (!this.#response.headersSent) {
      this.#start(summary);
      for (const held of this.#held) await this.#send(held);
    }
    (this.#compressor ?? this.#response).end();
  }

  fail(error: EngineError, status: number = httpStatusOf(error.code)): void {
    if (this.#response.destroyed || this.#response.writableEnded) return;
    const text = error.print(this.#facts.engineVersion);
    if (this.#response.headersSent) {
      this.#failInTheMiddle(text);
      return;
    }
    this.#setCommonHeaders(NOTHING_DONE);
    this.#response.setHeader("X-ClickHouse-Exception-Code", error.code);
    this.#response.setHeader("Content-Type", "text/plain; charset=UTF-8");
    if (status === 401) this.#response.setHeader("WWW-Authenticate", 'Basic realm="ClickHouse server HTTP API"');
    this.#response.statusCode = status;
    this.#response.end(`${text}\n`);
  }

  /**
   * The status was sent as 200 already. ClickHouse puts the error behind the rows, between marks with a tag that was announced
   * in a header, and breaks the connection without the last chunk: a client that does not know the marks sees a broken answer,
   * never a short one. One write, because the official client looks for all of it in one piece.
   */
  #failInTheMiddle(text: string): void {
    const message = `${text}\n`;
    const close = `${Buffer.byteLength(message)} ${this.#tag}\r\n__exception__\r\n`;
    const block = `\r\n__exception__\r\n${this.#tag}\r\n${message}${close}`;
    const hangUp = () => this.#response.socket?.destroySoon();
    if (this.#compressor === undefined) {
      this.#response.write(block, hangUp);
      return;
    }
    this.#compressor.write(block);
    this.#compressor.flush(() => setImmediate(() => this.#response.write("", hangUp)));
  }

  #setCommonHeaders(summary: Summary): void {
    const response = this.#response;
    response.setHeader("X-ClickHouse-Server-Display-Name", this.#facts.displayName);
    response.setHeader("X-ClickHouse-Query-Id", this.#queryId);
    response.setHeader("X-ClickHouse-Timezone", this.#facts.timezone);
    response.setHeader("X-ClickHouse-Summary", printSummary(summary));
  }

  #start(summary: Summary): void {
    const response = this.#response;
    this.#setCommonHeaders(summary);
    response.setHeader("X-ClickHouse-Format", this.#format);
    response.setHeader("X-ClickHouse-Exception-Tag", this.#tag);
    response.setHeader("Content-Type", contentTypeOf(this.#format));
    if (this.#encoding !== undefined) {
      response.setHeader("Content-Encoding", this.#encoding);
      this.#compressor = compressor(this.#encoding);
      this.#compressor.pipe(response);
    }
    response.writeHead(200);
  }

  async #send(chunk: Uint8Array): Promise<void> {
    const target = this.#compressor ?? this.#response;
    if (this.#response.destroyed || target.write(chunk)) return;
    const gone = new AbortController();
    const onClose = () => gone.abort();
    this.#response.once("close", onClose);
    await once(target, "drain", { signal: gone.signal }).catch(() => undefined);
    this.#response.off("close", onClose);
  }
}

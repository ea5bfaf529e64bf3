import { type ClickHouseClient, ClickHouseLogLevel, createClient } from "@clickhouse/client";
import type { RankEndpoints } from "@snapdeck/contract/host";
import type { z } from "zod";
import { engineFailure } from "./engine-error.ts";

type Endpoint = RankEndpoints[number];

/** How long a short statement may take, in milliseconds: what asks the catalog answers in a few of them. */
const SHORT_STATEMENT_MS = 30_000;
/** How long a connection may be silent under a long statement, in milliseconds. A scan says nothing until it is done. */
const LONG_STATEMENT_MS = 24 * 60 * 60 * 1000;

export type StatementOptions = {
  readonly params?: Record<string, unknown>;
  readonly settings?: Record<string, string | number>;
  /** Ends the statement, in the engine too. */
  readonly signal?: AbortSignal;
  /** In milliseconds; default 30 000. `long` lets it take a day. */
  readonly timeoutMs?: number | "long";
};

/** One rank over ClickHouse's HTTP interface. What it throws is a `SnapdeckError` that holds no secret. */
export class RankClient {
  readonly rank: number;
  /** Where it listens: a name, or an address without brackets. */
  readonly hostname: string;
  readonly #client: ClickHouseClient;
  readonly #place: string;

  constructor(endpoint: Endpoint) {
    this.rank = endpoint.rank;
    this.hostname = new URL(endpoint.url).hostname.replace(/^\[|\]$/g, "");
    this.#place = `rank ${endpoint.rank}`;
    this.#client = createClient({
      url: endpoint.url,
      username: endpoint.username,
      password: endpoint.password,
      application: "snapdeck",
      request_timeout: LONG_STATEMENT_MS,
      max_open_connections: 8,
      log: { level: ClickHouseLogLevel.OFF },
    });
  }

  /** @throws {SnapdeckError} `engine-failed`, `disk-full`, `cluster-unreachable` */
  async rows<T>(doing: string, row: z.ZodType<T>, query: string, options: StatementOptions = {}): Promise<T[]> {
    return this.#guarded(doing, options, async (abort_signal) => {
      const result = await this.#client.query({
        query,
        format: "JSONEachRow",
        abort_signal,
        ...(options.params === undefined ? {} : { query_params: options.params }),
        ...(options.settings === undefined ? {} : { clickhouse_settings: options.settings }),
      });
      return row.array().parse(await result.json());
    });
  }

  /** @throws {SnapdeckError} `engine-failed`, `disk-full`, `cluster-unreachable` */
  async run(doing: string, query: string, options: StatementOptions = {}): Promise<void> {
    await this.#guarded(doing, options, (abort_signal) =>
      this.#client.command({
        query,
        abort_signal,
        ...(options.settings === undefined ? {} : { clickhouse_settings: options.settings }),
      }),
    );
  }

  /**
   * Runs a statement as it is and reads what it answers, in the format that the answer says it has. An answer that is not read to its end
   * ends the statement.
   * @throws {SnapdeckError} `engine-failed`, `disk-full`, `cluster-unreachable`
   */
  async answer<T>(
    doing: string,
    query: string,
    {
      read,
      ...options
    }: StatementOptions & { readonly read: (format: string | undefined, body: AsyncIterable<string>) => Promise<T> },
  ): Promise<T> {
    return this.#guarded(doing, options, async (abort_signal) => {
      const { stream, response_headers: headers } = await this.#client.exec({
        query,
        abort_signal,
        ...(options.settings === undefined ? {} : { clickhouse_settings: options.settings }),
      });
      const format = headers["x-clickhouse-format"];
      stream.setEncoding("utf8");
      return read(typeof format === "string" ? format : undefined, stream);
    });
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  async #guarded<T>(doing: string, options: StatementOptions, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const timeoutMs = options.timeoutMs ?? SHORT_STATEMENT_MS;
    const deadline = AbortSignal.timeout(timeoutMs === "long" ? LONG_STATEMENT_MS : timeoutMs);
    const signal = options.signal === undefined ? deadline : AbortSignal.any([deadline, options.signal]);
    // The client listens for the abort alone: one that came before would be ignored.
    options.signal?.throwIfAborted();
    try {
      return await work(signal);
    } catch (thrown) {
      // What the caller ended itself is no failure of the rank.
      options.signal?.throwIfAborted();
      throw engineFailure(this.#place, doing, thrown);
    }
  }
}

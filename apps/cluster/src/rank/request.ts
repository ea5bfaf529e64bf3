import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { EngineError } from "./engine-error.ts";
import { REQUEST_SETTING } from "./running-queries.ts";
import { sqlIdentifier, sqlString } from "./sql-text.ts";

/** Query string parameters of ClickHouse's HTTP interface that are no settings. */
const RESERVED = new Set([
  ...["query", "database", "default_format", "user", "password", "query_id", "quota_key", "stacktrace", "buffer_size"],
  ...["wait_end_of_query", "role", "session_id", "session_timeout", "session_check", "compress", "decompress"],
  ...["client_protocol_version", "close_session"],
]);
const PARAM = "param_";
const NAME = /^[A-Za-z_][A-Za-z0-9_.]*$/;

/** chdb turns these on for its users; a ClickHouse server does not. */
const SERVER_DEFAULTS: readonly (readonly [string, string])[] = [
  ["implicit_select", "0"],
  ["allow_introspection_functions", "0"],
];

/** How the answer is to be compressed. */
export type ResponseEncoding = "gzip" | "deflate" | "br";

/** What a request asks for, apart from its body. */
export type RankRequest = {
  /** Ours: never the same twice. */
  requestId: string;
  /** The client's, or one we made up. */
  queryId: string;
  /** SQL from the query string; the body goes on where it ends. */
  sql: string;
  database: string | undefined;
  defaultFormat: string;
  settings: ReadonlyMap<string, string>;
  /** Bound parameters, as escaped by the client: `\t`, `\n`, `\\` and `\N` for NULL. */
  params: ReadonlyMap<string, string>;
  /** Answer only when all is done, so that an error still gets its status. */
  waitsForEnd: boolean;
  encoding: ResponseEncoding | undefined;
};

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function isOn(value: string | null | undefined): boolean {
  return value === "1" || value === "true";
}

function encodingOf(accepted: string): ResponseEncoding | undefined {
  const names = accepted.split(",").map((part) => part.split(";")[0]?.trim().toLowerCase());
  return (["gzip", "br", "deflate"] as const).find((name) => names.includes(name));
}

function refuseUnsupported(search: URLSearchParams): void {
  const refuse = (what: string): never => {
    throw new EngineError(48, "NOT_IMPLEMENTED", `${what} is not supported by an embedded rank`);
  };
  if (search.has("session_id")) refuse("session_id (state kept between two requests)");
  if (isOn(search.get("compress")) || isOn(search.get("decompress"))) {
    refuse(
      "ClickHouse's own block compression (compress, decompress; use enable_http_compression and Content-Encoding)",
    );
  }
  const role = search.get("role");
  if (role !== null) throw new EngineError(511, "UNKNOWN_ROLE", `There is no role \`${role}\` in an embedded rank`);
}

/** Reads the address and the headers of a request. Throws an EngineError for what a rank cannot do. */
export function readRequest(request: IncomingMessage, search: URLSearchParams): RankRequest {
  refuseUnsupported(search);
  const settings = new Map<string, string>(SERVER_DEFAULTS);
  const params = new Map<string, string>();
  for (const [name, value] of search) {
    if (RESERVED.has(name)) continue;
    const bare = name.startsWith(PARAM) ? name.slice(PARAM.length) : name;
    if (!NAME.test(bare)) throw new EngineError(115, "UNKNOWN_SETTING", `Unknown setting '${name}'`);
    if (name.startsWith(PARAM)) params.set(bare, value);
    else settings.set(name, value);
  }
  // As ClickHouse does: GET may be repeated by anybody on the way, so it may not change anything.
  const readonly = settings.get("readonly") ?? "0";
  settings.delete("readonly");
  if (request.method !== "POST" && readonly === "0") settings.set("readonly", "2");
  else if (readonly !== "0") settings.set("readonly", readonly);
  const defaultFormat = search.get("default_format") ?? header(request, "x-clickhouse-format") ?? "TabSeparated";
  // It becomes a part of the statement.
  if (!NAME.test(defaultFormat)) throw new EngineError(73, "UNKNOWN_FORMAT", `Unknown format ${defaultFormat}`);
  const compresses = isOn(settings.get("enable_http_compression"));
  return {
    requestId: randomUUID(),
    queryId: search.get("query_id") || randomUUID(),
    sql: search.get("query") ?? "",
    database: search.get("database") ?? header(request, "x-clickhouse-database"),
    defaultFormat,
    settings,
    params,
    waitsForEnd: isOn(search.get("wait_end_of_query")),
    encoding: compresses ? encodingOf(header(request, "accept-encoding") ?? "") : undefined,
  };
}

/** The statements that make a fresh session the one that the request asks for. `readonly` is set last. */
export function sessionSql(request: RankRequest): string[] {
  const assignments = [
    `${REQUEST_SETTING} = ${sqlString(request.requestId)}`,
    ...[...request.params].map(([name, value]) => `${PARAM}${name} = ${sqlString(value)}`),
    ...[...request.settings].map(([name, value]) => `${name} = ${sqlString(value)}`),
  ];
  const use =
    request.database === undefined || request.database === "" ? [] : [`USE ${sqlIdentifier(request.database)}`];
  return [...use, `SET ${assignments.join(", ")}`];
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Logger } from "pino";
import { Answer, type ServerFacts } from "./answer.ts";
import { authenticate, type Credentials } from "./authentication.ts";
import { EngineError, engineErrorOf } from "./engine-error.ts";
import { isForm, readForm } from "./form.ts";
import { readRequest } from "./request.ts";
import { RequestBody } from "./request-body.ts";
import { runStatement, type StatementServices } from "./run-statement.ts";

/** Longer than the official client keeps an idle connection (2.5 s), so that it never writes into one that we just closed. */
const KEEP_ALIVE_MS = 30_000;
/** Time for a client to send its headers. */
const HEADERS_MS = 30_000;

export type HttpServices = StatementServices & {
  facts: ServerFacts;
  credentials: Credentials;
  logger: Logger;
  /** Why no statement may start; undefined when one may. */
  refusal: () => string | undefined;
};

function reply(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=UTF-8" });
  response.end(text);
}

/** A request without any statement: what ClickHouse answers to whoever asks whether it is there. */
function answerWithoutStatement(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  facts: ServerFacts,
): boolean {
  const isAlive = url.pathname === "/ping" || url.pathname === "/replicas_status";
  const isGreeting =
    url.pathname === "/" && ["GET", "HEAD"].includes(request.method ?? "") && !url.searchParams.has("query");
  if (isAlive || isGreeting) {
    response.setHeader("X-ClickHouse-Server-Display-Name", facts.displayName);
    reply(response, 200, "Ok.\n");
    return true;
  }
  if (url.pathname === "/" && ["GET", "HEAD", "POST"].includes(request.method ?? "")) return false;
  reply(response, 404, `There is no handle ${url.pathname}\n`);
  return true;
}

async function serve(
  services: HttpServices,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const startedAt = performance.now();
  const answer = new Answer(response, services.facts, url.searchParams.get("query_id") ?? "");
  const controller = new AbortController();
  // Before the answer is complete, a closed connection means that nobody waits for it any more.
  response.on("close", () => controller.abort());
  let requestId: string | undefined;
  let body: RequestBody | undefined;
  const log: { queryId?: string; kind?: string; code?: number } = {};
  try {
    authenticate(request.headers, url.searchParams, services.credentials);
    const asked = readRequest(request, url.searchParams);
    log.queryId = asked.queryId;
    answer.identify(asked.queryId);
    const refusal = services.refusal();
    if (refusal !== undefined) {
      answer.fail(new EngineError(236, "ABORTED", refusal), 503);
      return;
    }
    requestId = asked.requestId;
    services.running.add({ requestId, queryId: asked.queryId, cancel: () => controller.abort() });
    body = RequestBody.of(request);
    const { "content-type": contentType } = request.headers;
    const complete = isForm(contentType) ? await readForm(asked, body, contentType) : asked;
    log.kind = await runStatement(services, { request: complete, body, answer, signal: controller.signal });
  } catch (error) {
    const told = engineErrorOf(error);
    log.code = told.code;
    // What nobody foresaw is a bug of ours; its text may hold anything.
    if (told.code === 1002) services.logger.error({ err: error }, "unexpected error");
    answer.fail(told);
  } finally {
    if (requestId !== undefined) services.running.remove(requestId);
    services.logger.debug({ ...log, durationMs: Math.round(performance.now() - startedAt) }, "statement");
    if (body === undefined) request.resume();
    else await body.discard();
  }
}

/** ClickHouse's HTTP interface over the engine of this process. Not listening yet. */
export function createHttpServer(services: HttpServices): Server {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://rank");
    response.on("error", () => undefined);
    if (answerWithoutStatement(request, response, url, services.facts)) return;
    serve(services, request, response, url).catch((error: unknown) => {
      services.logger.error({ err: error }, "a request could not be answered");
      response.destroy();
    });
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = HEADERS_MS;
  // An INSERT may be fed for hours.
  server.requestTimeout = 0;
  return server;
}

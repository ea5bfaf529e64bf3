import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { problemOf, SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Logger } from "pino";
import type { HostManager } from "./host-manager.ts";
import { findRoute } from "./routes.ts";

/** An order is two short fields; 64 KB is what every Snapdeck server takes. */
const BODY_LIMIT_BYTES = 64 * 1024;

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** Compares in constant time; digests make the lengths equal. */
function assertToken(request: IncomingMessage, tokenDigest: Buffer): void {
  const [, token] = /^Bearer ([A-Za-z0-9_-]+)$/i.exec(request.headers.authorization ?? "") ?? [];
  if (token !== undefined && timingSafeEqual(digest(token), tokenDigest)) return;
  throw new SnapdeckError("not-signed-in", "the bearer token is missing or wrong; nothing was done", {
    hint: "Send the content of the file host-token in the cluster directory.",
  });
}

/** A page in a browser may be made to call loopback under another name (DNS rebinding): such a call has a foreign Host. */
function assertOwnHost(request: IncomingMessage): void {
  const port = request.socket.localPort;
  if (request.headers.host === `127.0.0.1:${port}` || request.headers.host === `localhost:${port}`) return;
  throw new SnapdeckError("cross-site", "the Host header does not name this host manager; nothing was done");
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    sizeBytes += bytes.length;
    if (sizeBytes > BODY_LIMIT_BYTES) {
      throw new SnapdeckError("body-too-large", `a request may hold ${BODY_LIMIT_BYTES} bytes; nothing was done`);
    }
    chunks.push(bytes);
  }
  if (sizeBytes === 0) return undefined;
  if (!/^application\/json(;|$)/i.test(request.headers["content-type"] ?? "")) {
    throw new SnapdeckError("media-type", "the content type must be application/json; nothing was done");
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw new SnapdeckError("bad-request", "the body is not JSON; nothing was done");
  }
}

function send(response: ServerResponse, status: number, type: string, body: unknown): void {
  response.setHeader("cache-control", "no-store");
  if (status === 204) {
    response.writeHead(status).end();
    return;
  }
  response.writeHead(status, { "content-type": type }).end(JSON.stringify(body));
}

/** What does not even parse as HTTP gets the same kind of answer. */
function answerMalformed(_: Error, socket: Socket): void {
  const body = JSON.stringify(problemOf(new SnapdeckError("bad-request", "the request is not HTTP; nothing was done")));
  socket.end(
    "HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\nconnection: close\r\n" +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** An order is written down before it is carried out; where that finds no room, nothing was done. */
function foreseen(error: unknown): unknown {
  if (!(error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT")))
    return error;
  return new SnapdeckError(
    "disk-full",
    "the host manager cannot write down what it was told: the disk of the cluster directory is full; nothing was done, the data is as it was",
    { hint: "Free some space where the cluster's data lives, then try again.", cause: error },
  );
}

/** The HTTP side of the host manager; not listening yet. `token` is what callers must show. */
export function createApi(host: HostManager, token: string, log: Logger): Server {
  const tokenDigest = digest(token);
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? "/", "http://host");
    assertOwnHost(request);
    // Without a token not even the addresses are told apart.
    if (pathname !== "/v1/ping") assertToken(request, tokenDigest);
    const { route, operationId } = findRoute(request.method ?? "", pathname);
    const gone = new AbortController();
    // After its answer too, when nobody listens any more.
    response.once("close", () => gone.abort());
    const body = route.method === "POST" ? await readBody(request) : undefined;
    const call = { operationId, body, gone: gone.signal };
    send(response, route.status, "application/json", await route.answer(host, call));
  };
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 10_000 }, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      const problem = problemOf(foreseen(error));
      if (problem.code === "internal") log.error({ err: error, method: request.method, url: request.url }, "bug");
      // The rest of a body that nobody read would be taken for the next request.
      if (!request.complete) response.setHeader("connection", "close");
      if (problem.status === 401) response.setHeader("www-authenticate", "Bearer");
      send(response, problem.status, "application/problem+json", problem);
    });
  });
  server.on("clientError", answerMalformed);
  return server;
}

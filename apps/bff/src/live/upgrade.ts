import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { LIVE_PATH } from "@snapdeck/contract/live";
import { problemOf, SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { type WebSocket, WebSocketServer } from "ws";
import type { SessionCookie } from "../auth/session-cookie.ts";
import type { Presence, Sessions } from "../auth/sessions.ts";
import { hashToken, isToken } from "../auth/token.ts";
import type { OriginPolicy } from "../http/origin-policy.ts";
import type { Log } from "../log.ts";

const MOST_MESSAGE_BYTES = 16 * 1024;

type Parts = {
  readonly origins: OriginPolicy;
  readonly cookie: SessionCookie;
  readonly sessions: Sessions;
  /** Nobody is let in before. */
  readonly started: Promise<void>;
  readonly log: Log;
  readonly accept: (socket: WebSocket, stream: Duplex, presence: Presence) => void;
};

/**
 * Who may open a live connection. Browsers always send `Origin` with it and the cookie goes along whichever page opened it, so
 * that a missing origin is refused like a foreign one (OWASP ASVS 5.0, 4.4.2).
 * @throws {SnapdeckError} `route-not-found`, `cross-site`, `not-signed-in`
 */
async function check(request: IncomingMessage, { origins, cookie, sessions, started }: Parts): Promise<Presence> {
  if (request.url?.split("?")[0] !== LIVE_PATH)
    throw new SnapdeckError("route-not-found", "no live stream at this address");
  const { origin, host } = request.headers;
  if (!origins.allowsHost(host) || origin === undefined || !origins.allowsOrigin(origin)) {
    throw new SnapdeckError("cross-site", "a live connection is opened by Snapdeck's own page only");
  }
  await started;
  const token = cookie.read(request.headers.cookie);
  const presence = token !== undefined && isToken(token) ? await sessions.look(hashToken(token)) : undefined;
  if (presence === undefined) throw new SnapdeckError("not-signed-in", "a live connection needs a sign-in");
  return presence;
}

function refuse(socket: Duplex, error: unknown): void {
  const problem = problemOf(error);
  const body = JSON.stringify(problem);
  // Node's HTTP server has let go of the socket: a caller that keeps its side open would hold it, and the stop of the server, for ever.
  socket.once("finish", () => socket.destroy());
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${problem.title}`,
      "Content-Type: application/problem+json",
      `Content-Length: ${Buffer.byteLength(body)}`,
      "Connection: close",
      "",
      body,
    ].join("\r\n"),
  );
}

/** Serves `LIVE_PATH` on `server`. Compression is off: it would cost memory for each reader and work for each frame. */
export function serveLive(server: Server, parts: Parts): void {
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MOST_MESSAGE_BYTES,
    perMessageDeflate: false,
  });
  server.on("upgrade", (request, socket, head) => {
    // Until ws takes the socket over, a connection that breaks would end the process.
    const ignore = () => undefined;
    socket.on("error", ignore);
    check(request, parts)
      .then((presence) => {
        socket.off("error", ignore);
        sockets.handleUpgrade(request, socket, head, (opened) => parts.accept(opened, socket, presence));
      })
      .catch((error: unknown) => {
        if (!(error instanceof SnapdeckError))
          parts.log.error({ err: error }, "a live connection could not be checked");
        refuse(socket, error);
      });
  });
}

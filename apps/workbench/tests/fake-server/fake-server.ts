import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { extname, join, normalize } from "node:path";
import { LIVE_PATH, LiveRequest } from "@snapdeck/contract/live";
import { type Role, roleIncludes } from "@snapdeck/contract/role";
import type { Route } from "@snapdeck/contract/route";
import { type RouteName, routes } from "@snapdeck/contract/routes";
import { JobId } from "@snapdeck/contract/scalars";
import type { Session, User } from "@snapdeck/contract/session";
import { problemOf, SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { type WebSocket, WebSocketServer } from "ws";
import { handlersOf } from "./handlers.ts";
import { aUser } from "./seed.ts";
import { newBackupId, startJob } from "./work.ts";
import { type Options, World } from "./world.ts";

/** Every user's password. */
export const PASSWORD = "correct horse battery";

const STRICT_CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; " +
  "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

type Mood = { delayMs: number; failing: boolean; offline: boolean; confirmed: boolean };

/** The test double over HTTP and WebSocket; also serves the built page under a strict policy. `/fake/...` changes its mood. */
export class FakeServer {
  readonly world: World;
  readonly server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #sessions = new Map<string, User>();
  readonly #mood: Mood = { delayMs: 0, failing: false, offline: false, confirmed: true };
  readonly #dist: string;

  constructor(dist: string, options: Options = {}) {
    this.#dist = dist;
    this.world = new World(options);
    this.server = createServer((request, response) => void this.#answer(request, response));
    this.server.on("upgrade", (request, socket, head) => {
      if (this.#mood.offline || request.url !== LIVE_PATH || this.#userOf(request) === undefined) {
        socket.destroy();
        return;
      }
      this.#sockets.handleUpgrade(request, socket, head, (wire) => this.#serve(wire));
    });
    setInterval(() => this.world.tell({ type: "beat", at: new Date().toISOString() }), 5000).unref();
  }

  #serve(wire: WebSocket): void {
    const { world } = this;
    const teller = (frame: unknown) => wire.send(JSON.stringify(frame));
    wire.on("message", (data) => {
      const said = LiveRequest.parse(JSON.parse(String(data)));
      if (said.type === "unfollow") return;
      for (const { seq, job } of world.changes) {
        if (seq > said.since) teller({ type: "job", clusterId: world.clusterId, seq, job });
      }
      teller({ type: "following", clusterId: world.clusterId, seq: world.seq });
      world.tellers.add(teller);
    });
    wire.on("close", () => world.tellers.delete(teller));
    teller({ type: "beat", at: new Date().toISOString() });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://fake");
    if (url.pathname.startsWith("/fake/")) return this.#changeMood(url, response);
    if (this.#mood.offline) {
      request.socket.destroy();
      return undefined;
    }
    if (!url.pathname.startsWith("/api/")) return this.#static(url.pathname, response);
    const requestId = randomUUID();
    try {
      await new Promise((resolve) => setTimeout(resolve, this.#mood.delayMs));
      const { status, content, cookie } = await this.#route(request, url);
      response.writeHead(status, {
        "content-type": "application/json",
        ...(cookie === undefined ? {} : { "set-cookie": cookie }),
      });
      response.end(content === undefined ? undefined : JSON.stringify(content));
    } catch (error) {
      const problem = { ...problemOf(error), requestId };
      response.writeHead(problem.status, { "content-type": "application/problem+json" });
      response.end(JSON.stringify(problem));
    }
  }

  async #route(request: IncomingMessage, url: URL): Promise<{ status: number; content?: unknown; cookie?: string }> {
    const found = match(request.method ?? "GET", url.pathname.slice("/api".length));
    if (found === undefined) throw new SnapdeckError("route-not-found", url.pathname);
    const { name, route, params } = found;
    const user = this.#userOf(request);
    if (route.role !== "anyone" && user === undefined) throw new SnapdeckError("not-signed-in", "no session");
    if (route.role !== "anyone" && !roleIncludes(user?.role ?? "viewer", route.role)) {
      throw new SnapdeckError("role-needed", `${route.summary.toLowerCase()}: this needs the role ${route.role}`);
    }
    if (this.#mood.failing && name !== "getSession") {
      throw new SnapdeckError("store-unavailable", "the store /var/lib/snapdeck/store did not answer within 10 s", {
        hint: "Look whether the disk is mounted.",
      });
    }
    if (route.fresh && !this.#mood.confirmed) throw new SnapdeckError("sign-in-too-old", "nothing was changed");
    const body = route.body?.parse(JSON.parse(await read(request)));
    const input = {
      params: route.params.parse(params),
      query: route.query.parse(Object.fromEntries(url.searchParams)),
      body,
      user,
    };
    const special = this.#session(name, body, user);
    if (special !== undefined) return { status: route.status, ...special };
    const handlers: Record<string, unknown> = handlersOf(this.world);
    const handler = handlers[name] as (given: unknown) => unknown;
    const content = await handler(input);
    return { status: route.status, content: route.response?.parse(content) };
  }

  #session(name: RouteName, body: unknown, user: User | undefined): { content?: unknown; cookie?: string } | undefined {
    const given = body as { username: string; password: string; token: string } | undefined;
    switch (name) {
      case "getSession":
        return { content: this.#sessionOf(user) };
      case "signIn": {
        const known = this.world.users.find(({ username }) => username === given?.username);
        if (known === undefined || given?.password !== PASSWORD) {
          throw new SnapdeckError("wrong-credentials", "nobody was signed in");
        }
        return this.#enter(known);
      }
      case "setUp": {
        if (this.world.users.length > 0) throw new SnapdeckError("setup-done", "an admin exists; nobody was added");
        if (given?.token !== "setup")
          throw new SnapdeckError("setup-link-invalid", "the token is not the one that was printed");
        const first = aUser(given.username, "admin");
        this.world.users.push(first);
        return this.#enter(first);
      }
      case "confirmPassword":
        if (given?.password !== PASSWORD) throw new SnapdeckError("wrong-credentials", "the password is wrong");
        this.#mood.confirmed = true;
        return { content: this.#sessionOf(user) };
      case "signOut":
        this.#sessions.clear();
        return { cookie: "session=; Path=/; Max-Age=0" };
      default:
        return undefined;
    }
  }

  #enter(user: User): { content: Session; cookie: string } {
    const token = randomUUID();
    this.#sessions.set(token, user);
    return { content: this.#sessionOf(user), cookie: `session=${token}; Path=/; HttpOnly; SameSite=Strict` };
  }

  #sessionOf(user: User | undefined): Session {
    if (user === undefined) return { signedIn: false, setupNeeded: this.world.users.length === 0 };
    const soon = new Date(Date.now() + 8 * 3_600_000).toISOString();
    return { signedIn: true, user, csrfToken: "fake", confirmedAt: new Date().toISOString(), expiresAt: soon };
  }

  #userOf(request: IncomingMessage): User | undefined {
    const token = /session=([^;]+)/.exec(request.headers.cookie ?? "")?.[1];
    const user = token === undefined ? undefined : this.#sessions.get(token);
    return user === undefined ? undefined : (this.world.users.find(({ id }) => id === user.id) ?? user);
  }

  #changeMood(url: URL, response: ServerResponse): void {
    const asked = url.searchParams;
    if (asked.has("delayMs")) this.#mood.delayMs = Number(asked.get("delayMs"));
    if (asked.has("failing")) this.#mood.failing = asked.get("failing") === "1";
    if (asked.has("confirmed")) this.#mood.confirmed = asked.get("confirmed") === "1";
    if (asked.has("offline")) this.#mood.offline = asked.get("offline") === "1";
    if (asked.has("state")) this.world.state = asked.get("state") as World["state"];
    if (asked.has("suspect")) {
      const [newest] = this.world.backups;
      if (newest !== undefined) this.world.suspect(newest.id, Number(asked.get("suspect")));
    }
    if (asked.has("previous")) this.world.putAside(JobId.parse(randomUUID()), this.world.backups[1]?.id);
    for (const kind of asked.getAll("fail")) this.world.failing.add(kind);
    if (asked.has("fail-backup")) startJob(this.world, { kind: "backup", backupId: newBackupId() }, "ana", true);
    if (asked.has("role")) for (const user of this.world.users) user.role = asked.get("role") as Role;
    if (asked.has("drop") || this.#mood.offline) for (const wire of this.#sockets.clients) wire.terminate();
    response.end("ok");
  }

  #static(path: string, response: ServerResponse): void {
    const file = join(this.#dist, normalize(path));
    const found = extname(path) !== "" && existsSync(file) ? file : join(this.#dist, "index.html");
    response.writeHead(200, {
      "content-type": TYPES[extname(found)] ?? "text/plain",
      "content-security-policy": STRICT_CSP,
    });
    response.end(readFileSync(found));
  }
}

const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

function match(
  method: string,
  path: string,
): { name: RouteName; route: Route; params: Record<string, string> } | undefined {
  for (const name of Object.keys(routes) as RouteName[]) {
    const route: Route = routes[name];
    const pattern = new RegExp(`^${route.path.replace(/:(\w+)/g, "(?<$1>[^/]+)")}$`);
    const found = route.method === method ? pattern.exec(path) : null;
    if (found !== null) return { name, route, params: { ...found.groups } };
  }
  return undefined;
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString() || "{}";
}

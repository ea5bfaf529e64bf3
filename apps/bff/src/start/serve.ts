import { createServer, type Server } from "node:http";
import { UserId } from "@snapdeck/contract/scalars";
import type { Clock } from "@snapdeck/core/clock";
import type { PasswordHasher } from "../auth/password-hasher.ts";
import { SessionCookie } from "../auth/session-cookie.ts";
import { Sessions } from "../auth/sessions.ts";
import { SetupLink } from "../auth/setup-link.ts";
import type { Config } from "../config.ts";
import { createApp } from "../http/create-app.ts";
import { OriginPolicy } from "../http/origin-policy.ts";
import { staticFiles } from "../http/static-files.ts";
import { LiveHub } from "../live/hub.ts";
import { serveLive } from "../live/upgrade.ts";
import type { Log } from "../log.ts";
import type { Services } from "../services.ts";
import { listen } from "./listen.ts";
import { StartFailure, systemCode } from "./start-failure.ts";

const MINUTE_MS = 60_000;
/** How long requests that are being answered may still take when the server stops, in milliseconds. */
const FINISH_WITHIN_MS = 3_000;

export type ServeParts = {
  readonly config: Omit<Config, "cluster" | "stateDir" | "databaseUrl" | "keysDir" | "logLevel">;
  readonly services: Services;
  /** Starts what stands behind `services`, once the port is ours. Requests wait for it; `/healthz` does not. */
  readonly start: () => Promise<void>;
  readonly hasher: PasswordHasher;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: Log;
  readonly version: string;
};

export type Serving = {
  /** The address that the operator is given. */
  readonly url: string;
  /** Opens the way to the first admin; absent once there is a user. */
  readonly setupUrl: string | undefined;
  /** Takes no more requests, closes live connections, and lets what is being answered end. */
  stop(): Promise<void>;
};

/** Bounds how long a slow caller can hold a connection without asking anything (milliseconds). */
function bound(server: Server): void {
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), FINISH_WITHIN_MS);
  await closed;
  clearTimeout(timer);
}

/**
 * Serves API, page and live stream over `services`.
 * @throws {StartFailure} `port-unavailable`
 */
export async function serve(parts: ServeParts): Promise<Serving> {
  const { config, services, hasher, clock, newId, log, version } = parts;
  const lifetimes = {
    idleMs: config.sessionIdleMinutes * MINUTE_MS,
    longestMs: config.sessionMaxHours * 60 * MINUTE_MS,
  };
  const sessions = new Sessions({ services, clock, lifetimes });
  const setupLink = new SetupLink();
  const setupToken = (await services.users.count()) === 0 ? setupLink.make() : undefined;
  const page = config.staticDir === undefined ? undefined : await openPage(config.staticDir);

  const server = createServer();
  bound(server);
  let startServices: () => void = () => undefined;
  const started = new Promise<void>((resolve) => {
    startServices = resolve;
  }).then(parts.start);
  const port = await listen(server, config.listenHost, config.port);
  const origins = OriginPolicy.of(config.listenHost, port, config.publicOrigin);
  const cookie = new SessionCookie(origins.url);
  const app = createApp({
    services,
    started,
    sessions,
    cookie,
    hasher,
    setupLink,
    origins,
    limits: config.limits,
    clock,
    newId,
    newUserId: () => UserId.parse(newId()),
    log,
    freshMs: config.freshSignInMinutes * MINUTE_MS,
    trustProxy: config.trustProxy,
    version,
    page,
  });
  server.on("request", app);
  const hub = new LiveHub({ services, sessions, clock, log, socketsPerUser: config.limits.socketsPerUser });
  serveLive(server, {
    origins,
    cookie,
    sessions,
    started,
    log,
    accept: (socket, stream, presence) => hub.accept(socket, stream, presence),
  });
  sessions.start((error) => log.error({ err: error }, "ended sessions could not be removed"));

  const stop = async () => {
    sessions.stop();
    hub.stop();
    await close(server);
  };
  startServices();
  try {
    await started;
  } catch (error) {
    await stop();
    throw error;
  }
  const setupUrl = setupToken === undefined ? undefined : `${origins.url}/setup#token=${setupToken}`;
  return { url: origins.url, setupUrl, stop };
}

async function openPage(staticDir: string) {
  try {
    return await staticFiles(staticDir);
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    throw new StartFailure(
      "bad-config",
      `the built page in ${staticDir} cannot be read (${code}); nothing was started. Build it with npm run build, or name another staticDir`,
      error,
    );
  }
}

import type { UserId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Clock } from "@snapdeck/core/clock";
import express, { type Express, type RequestHandler } from "express";
import type { PasswordHasher } from "../auth/password-hasher.ts";
import type { SessionCookie } from "../auth/session-cookie.ts";
import type { Sessions } from "../auth/sessions.ts";
import type { SetupLink } from "../auth/setup-link.ts";
import { SignInThrottle } from "../auth/sign-in-throttle.ts";
import type { LimitsConfig } from "../config.ts";
import type { Log } from "../log.ts";
import type { Services } from "../services.ts";
import { clusterHandlers } from "./cluster-handlers.ts";
import { authenticate, guard } from "./guard.ts";
import type { OriginPolicy } from "./origin-policy.ts";
import { printOpenapi } from "./print-openapi.ts";
import { problemHandler } from "./problem-handler.ts";
import { rateLimits } from "./rate-limits.ts";
import { type Gates, refuseOtherMethods, registerRoutes } from "./register-routes.ts";
import { contextOf } from "./request-context.ts";
import { requestLog } from "./request-log.ts";
import { ownHostOnly, sameSiteOnly } from "./same-site.ts";
import { securityHeaders } from "./security-headers.ts";
import { sessionHandlers } from "./session-handlers.ts";
import { sqlHandlers } from "./sql-handlers.ts";
import { userHandlers } from "./user-handlers.ts";

export type AppParts = {
  readonly services: Services;
  /** Requests wait for it; asking for health does not. */
  readonly started: Promise<void>;
  readonly sessions: Sessions;
  readonly cookie: SessionCookie;
  readonly hasher: PasswordHasher;
  readonly setupLink: SetupLink;
  readonly origins: OriginPolicy;
  readonly limits: LimitsConfig;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly newUserId: () => UserId;
  readonly log: Log;
  /** How long a typed password counts as fresh, in milliseconds. */
  readonly freshMs: number;
  readonly trustProxy: boolean;
  readonly version: string;
  /** Serves the built workbench; without it only the API is served. */
  readonly page: RequestHandler | undefined;
};

function gatesOf(parts: AppParts): Gates {
  const { sessions, cookie, origins, services, clock, freshMs } = parts;
  const limits = rateLimits(parts.limits);
  const who = authenticate(sessions, cookie);
  const sameSite = sameSiteOnly(origins);
  return (name, route) => {
    const allowed = guard(name, route, { audit: services.audit, clock, freshMs });
    if (route.method === "GET") return [who, limits.reads, allowed];
    return [sameSite, who, route.role === "anyone" ? limits.signIns : limits.changes, allowed];
  };
}

/** Whether the process lives, and whether it can work: for whoever runs it. Both may be asked under any host name. */
function addHealth(app: Express, services: Services): void {
  app.get("/healthz", (_request, response) => {
    response.json({ alive: true });
  });
  app.get("/readyz", async (_request, response) => {
    const readiness = await services.readiness();
    response.status(readiness.ready ? 200 : 503).json(readiness);
  });
}

const neverStored: RequestHandler = (_request, response, next) => {
  response.setHeader("cache-control", "no-store");
  next();
};

const notFound: RequestHandler = (request) => {
  throw new SnapdeckError("route-not-found", `there is nothing at this address for ${request.method}`, {
    hint: "The API is described at /api/openapi.json.",
  });
};

/** The whole HTTP side: health, API and page. */
export function createApp(parts: AppParts): Express {
  const { services, origins, log } = parts;
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.enable("strict routing");
  app.enable("case sensitive routing");
  app.set("query parser", "simple");
  // One proxy, ours: the last entry of X-Forwarded-For is what it saw itself.
  app.set("trust proxy", parts.trustProxy ? 1 : false);

  app.use(requestLog(log, parts.newId));
  app.use(securityHeaders(origins));
  addHealth(app, services);
  app.use(ownHostOnly(origins));
  app.use(async (_request, _response, next) => {
    await parts.started;
    next();
  });

  app.use("/api", neverStored);
  const openapi = JSON.stringify(printOpenapi(parts.version, parts.cookie.name));
  app.get("/api/openapi.json", (request, response) => {
    contextOf(request).routeName = "openapi";
    response.type("application/json").send(openapi);
  });
  refuseOtherMethods(app, "/api/openapi.json", ["GET"]);
  const throttle = new SignInThrottle(parts.limits.signInsPerMinute);
  const handlers = {
    ...sessionHandlers({ ...parts, throttle }),
    ...userHandlers(parts),
    ...clusterHandlers(services),
    ...sqlHandlers(parts),
  };
  registerRoutes(app, handlers, gatesOf(parts));
  app.use("/api", notFound);

  if (parts.page !== undefined) app.use(parts.page);
  app.use(notFound);
  app.use(problemHandler(log));
  return app;
}

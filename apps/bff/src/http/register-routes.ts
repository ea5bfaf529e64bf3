import type { Route } from "@snapdeck/contract/route";
import { type RouteName, routes } from "@snapdeck/contract/routes";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import express, { type Express, type Request, type RequestHandler, type Response } from "express";
import type { Call, Handlers, SignedInCall } from "./handlers.ts";
import { idempotencyKeyOf, parseRequest, requireJson } from "./parse-request.ts";
import { contextOf } from "./request-context.ts";

/** Any of the handlers, called with what the same row's schemas made. A method, so that each of them fits (bivariance). */
type AnyHandler = {
  handle(input: { params: unknown; query: unknown; body: unknown }, call: Call): Promise<unknown>;
}["handle"];

/** What stands before the handler of a route, in order; it lets a request without `presence` pass only where anyone may call. */
export type Gates = (name: RouteName, route: Route) => readonly RequestHandler[];

/** Bodies of the contract take less than 1 KiB; the limit is reliability's for any API of ours. */
const MOST_BODY_BYTES = 64 * 1024;

/** A script of the most characters that the contract takes, with the room that UTF-8 and the escapes of JSON need. */
const MOST_SCRIPT_BYTES = 1024 * 1024;

// Compressed bodies are refused: nothing we take is large, and a small one could unfold into much.
const readJson = express.json({ limit: MOST_BODY_BYTES, inflate: false, strict: false });
const readScript = express.json({ limit: MOST_SCRIPT_BYTES, inflate: false, strict: false });

function callOf(request: Request, response: Response): Call | SignedInCall {
  const { requestId, presence } = contextOf(request);
  const origin = request.ip ?? "unknown";
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const call = {
    requestId,
    origin,
    presence,
    idempotencyKey: idempotencyKeyOf(request),
    signal: gone.signal,
    setCookie: (cookie: string) => {
      response.appendHeader("set-cookie", cookie);
    },
  };
  if (presence === undefined) return call;
  const { username, role } = presence.user;
  return { ...call, presence, actor: { username, role, origin, requestId } };
}

function dispatch(name: RouteName, route: Route, handle: AnyHandler): RequestHandler {
  return async (request, response) => {
    const reply = await handle(parseRequest(route, request), callOf(request, response));
    if (route.response === undefined) {
      response.status(route.status).end();
      return;
    }
    const parsed = route.response.safeParse(reply);
    if (!parsed.success) throw new Error(`the reply of ${name} does not fit its schema`, { cause: parsed.error });
    response.status(route.status).json(parsed.data);
  };
}

const requireJsonBody: RequestHandler = (request, _response, next) => {
  requireJson(request);
  next();
};

function add(app: Express, name: RouteName, gates: Gates, handle: AnyHandler): void {
  const route: Route = routes[name];
  const body = route.body === undefined ? [] : [requireJsonBody, name === "runSql" ? readScript : readJson];
  const steps = [nameRoute(name), ...gates(name, route), ...body, dispatch(name, route, handle)];
  const path = `/api${route.path}`;
  switch (route.method) {
    case "GET":
      app.get(path, ...steps);
      break;
    case "POST":
      app.post(path, ...steps);
      break;
    case "PATCH":
      app.patch(path, ...steps);
      break;
    case "DELETE":
      app.delete(path, ...steps);
      break;
  }
}

function nameRoute(name: RouteName): RequestHandler {
  return (request, _response, next) => {
    contextOf(request).routeName = name;
    next();
  };
}

/** Answers methods that no row of the table has for `path`. */
export function refuseOtherMethods(app: Express, path: string, methods: readonly string[]): void {
  const allow = (methods.includes("GET") ? [...methods, "HEAD"] : methods).join(", ");
  app.all(path, (request, response) => {
    response.setHeader("allow", allow);
    throw new SnapdeckError("method-not-allowed", `${request.method} is not for this address; it takes ${allow}`);
  });
}

/** Serves every row of the contract's table: its gates, its parsed request, its handler, its parsed reply. */
export function registerRoutes(app: Express, handlers: Handlers, gates: Gates): void {
  const isName = (key: string): key is RouteName => key in routes;
  const names = Object.keys(routes).filter(isName);
  for (const name of names) add(app, name, gates, handlers[name]);
  for (const path of new Set(names.map((name) => routes[name].path))) {
    const methods = names.filter((name) => routes[name].path === path).map((name) => routes[name].method);
    refuseOtherMethods(app, `/api${path}`, methods);
  }
}

import type { RequestHandler } from "express";
import type { Log } from "../log.ts";
import { contextOf, setContext } from "./request-context.ts";

/** Gives each request its id, and logs how it was answered: never its body, its query or its headers. */
export function requestLog(log: Log, newId: () => string): RequestHandler {
  return (request, response, next) => {
    const requestId = newId();
    setContext(request, { requestId, startedAtMs: performance.now() });
    response.setHeader("x-request-id", requestId);
    response.once("close", () => {
      const { startedAtMs, routeName, presence, problemCode } = contextOf(request);
      const facts = {
        requestId,
        method: request.method,
        route: routeName,
        status: response.writableFinished ? response.statusCode : "cut off",
        code: problemCode,
        tookMs: Math.round(performance.now() - startedAtMs),
        user: presence?.user.username,
        origin: request.ip,
      };
      if (response.statusCode >= 500) log.warn(facts, "request failed");
      else if (request.method === "GET" || request.method === "HEAD") log.debug(facts, "request");
      else log.info(facts, "request");
    });
    next();
  };
}

import type { Problem } from "@snapdeck/contract/problem";
import { problemOf, SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { ErrorRequestHandler, Response } from "express";
import type { Log } from "../log.ts";
import { contextOf } from "./request-context.ts";

/** What Express and its body parser throw, by their own names for it (`type` and `status` of http-errors). */
function foreseen(thrown: unknown): unknown {
  if (thrown instanceof SnapdeckError || !(thrown instanceof Error)) return thrown;
  const type = "type" in thrown ? thrown.type : undefined;
  const status = "status" in thrown ? thrown.status : undefined;
  switch (type) {
    case "entity.too.large":
      return new SnapdeckError("body-too-large", "the body is larger than this address takes; nothing was changed");
    case "entity.parse.failed":
      return new SnapdeckError("bad-request", "the body is not JSON; nothing was changed");
    case "encoding.unsupported":
    case "charset.unsupported":
      return new SnapdeckError("media-type", "the body must be plain JSON in UTF-8; nothing was changed");
  }
  // What is left with a status of 4xx is an address that cannot be decoded or a body that was cut off.
  if (typeof status === "number" && status >= 400 && status < 500) {
    return new SnapdeckError("bad-request", "the request cannot be read; nothing was changed", { cause: thrown });
  }
  return thrown;
}

export function sendProblem(response: Response, problem: Problem): void {
  response.status(problem.status).setHeader("content-type", "application/problem+json");
  response.end(JSON.stringify(problem));
}

/** Answers whatever was thrown as RFC 9457 problem. What nobody foresaw is logged in full and told to nobody. */
export function problemHandler(log: Log): ErrorRequestHandler {
  return (thrown, request, response, _next) => {
    const context = contextOf(request);
    const failure = foreseen(thrown);
    const problem = { ...problemOf(failure), requestId: context.requestId };
    context.problemCode = problem.code;
    if (problem.code === "internal") log.error({ err: thrown, requestId: context.requestId }, "unexpected error");
    else if (problem.status >= 500) log.warn({ err: thrown, requestId: context.requestId }, "foreseen failure");
    if (response.headersSent) response.destroy();
    else sendProblem(response, problem);
  };
}

import type { Route } from "@snapdeck/contract/route";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Request } from "express";
import type { z } from "zod";

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,200}$/;

/** Where a part of the request does not fit and what fits there, on one line; what was sent is not repeated. */
function describe(part: string, error: z.core.$ZodError): string {
  return error.issues.map(({ path, message }) => `${[part, ...path].join(".")}: ${message}`).join("; ");
}

function parse(part: string, schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new SnapdeckError("bad-request", `${describe(part, parsed.error)}; nothing was changed`);
}

function hasBody(request: Request): boolean {
  return request.headers["transfer-encoding"] !== undefined || Number(request.headers["content-length"] ?? 0) > 0;
}

/** The parts of a request as the route's schemas read them. @throws {SnapdeckError} `bad-request` */
export function parseRequest(route: Route, request: Request): { params: unknown; query: unknown; body: unknown } {
  const params = parse("path", route.params, request.params);
  const query = parse("query", route.query, request.query);
  if (route.body !== undefined) return { params, query, body: parse("body", route.body, request.body) };
  if (hasBody(request)) throw new SnapdeckError("bad-request", "this address takes no body; nothing was changed");
  return { params, query, body: undefined };
}

/** @throws {SnapdeckError} `media-type` unless the body says that it is JSON. */
export function requireJson(request: Request): void {
  if (request.is("application/json") === "application/json") return;
  throw new SnapdeckError(
    "media-type",
    "the body must be JSON with content-type application/json; nothing was changed",
    {
      hint: "Send {} where there is nothing to say.",
    },
  );
}

/** The caller's name for this request. @throws {SnapdeckError} `bad-request` */
export function idempotencyKeyOf(request: Request): string | undefined {
  const key = request.get("idempotency-key");
  if (key === undefined || IDEMPOTENCY_KEY.test(key)) return key;
  throw new SnapdeckError(
    "bad-request",
    "Idempotency-Key must be 1 to 200 printable ASCII characters; nothing was changed",
  );
}

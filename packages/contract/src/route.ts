import type { z } from "zod";
import type { ProblemCode } from "./problem.ts";
import type { Role } from "./role.ts";

export type Method = "GET" | "POST" | "PATCH" | "DELETE";

/**
 * One row of the API's table. `role` is the least role that may call it; `"anyone"` needs no sign-in. `fresh` asks for a password
 * typed within the last 10 minutes. `problems` lists the failures of this route beside those that any route may answer
 * (`ANY_ROUTE_PROBLEMS`).
 */
export type Route = {
  readonly method: Method;
  /** Below `/api`, with `:name` for each parameter. */
  readonly path: string;
  readonly summary: string;
  readonly role: Role | "anyone";
  readonly fresh?: true;
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  readonly body: z.ZodType | undefined;
  /** 200 answers with the result, 201 with what was made, 202 with a job that was started, 204 with nothing. */
  readonly status: 200 | 201 | 202 | 204;
  readonly response: z.ZodType | undefined;
  readonly problems: readonly ProblemCode[];
};

/** What any route may answer beside its own problems. */
export const ANY_ROUTE_PROBLEMS = [
  "bad-request",
  "not-signed-in",
  "role-needed",
  "cross-site",
  "method-not-allowed",
  "body-too-large",
  "media-type",
  "too-many-requests",
  "internal",
] as const satisfies readonly ProblemCode[];

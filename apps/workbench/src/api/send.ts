import { Problem } from "@snapdeck/contract/problem";
import type { Method } from "@snapdeck/contract/route";
import { CSRF_HEADER } from "@snapdeck/contract/session";
import { OfflineError } from "./offline-error.ts";
import { ProblemError, problemHere } from "./problem-error.ts";

type Request = {
  readonly method: Method;
  readonly address: string;
  readonly body: unknown;
  readonly csrfToken: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number;
};

/** What came back with a 2xx: the parsed JSON, not yet held against any schema; undefined for an empty answer. */
export type Answer = { readonly content: unknown };

/**
 * One HTTP request.
 * @throws {ProblemError} when the server answers with a problem
 * @throws {OfflineError} when nothing, or only a gateway, answers
 * @throws {DOMException} `AbortError` when `signal` was aborted
 */
export async function send(request: Request): Promise<Answer> {
  const deadline = AbortSignal.timeout(request.timeoutMs);
  const mayHaveActed = request.method !== "GET";
  const signal = request.signal === undefined ? deadline : AbortSignal.any([request.signal, deadline]);
  try {
    const response = await fetch(request.address, {
      method: request.method,
      headers: headersOf(request),
      credentials: "same-origin",
      cache: "no-store",
      signal,
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    });
    return answerOf(response, await response.text(), mayHaveActed);
  } catch (error) {
    if (error instanceof ProblemError || error instanceof OfflineError) throw error;
    if (request.signal?.aborted) throw error;
    if (deadline.aborted) throw new OfflineError("The server did not answer in time", mayHaveActed, { cause: error });
    throw new OfflineError("The server could not be reached", mayHaveActed, { cause: error });
  }
}

function headersOf(request: Request): Record<string, string> {
  return {
    accept: "application/json, application/problem+json",
    ...(request.body === undefined ? {} : { "content-type": "application/json" }),
    ...(request.csrfToken === undefined || request.method === "GET" ? {} : { [CSRF_HEADER]: request.csrfToken }),
    ...(request.idempotencyKey === undefined ? {} : { "idempotency-key": request.idempotencyKey }),
  };
}

function answerOf(response: Response, text: string, mayHaveActed: boolean): Answer {
  const content = text === "" ? undefined : parsedJson(text);
  if (response.ok) return { content };
  const problem = Problem.safeParse(content);
  if (problem.success) throw new ProblemError(problem.data);
  // A gateway answers in its own words when the console behind it is down.
  if (response.status >= 502 && response.status <= 504) {
    throw new OfflineError(`The server could not be reached (a gateway answered ${response.status})`, mayHaveActed);
  }
  throw new ProblemError(problemHere("internal", `the server answered ${response.status} without saying why`));
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

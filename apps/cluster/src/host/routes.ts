import { HostFillOrder, HostOrder } from "@snapdeck/contract/host";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { z } from "zod";
import type { HostManager } from "./host-manager.ts";
import { describeIssues } from "./read-config.ts";

/** What a route is given: the restore or trial named in the address, and the body, not checked yet. */
export type RouteCall = {
  operationId: string;
  body: unknown;
  /** Aborts when the caller does not wait for the answer any more. */
  gone: AbortSignal;
};

export type Route = {
  method: "GET" | "POST";
  /** Segments of the address; `:id` takes the id of a restore or a trial. */
  path: readonly string[];
  status: 200 | 202 | 204;
  /** May be asked without a token. */
  isPublic?: true;
  answer: (host: HostManager, call: RouteCall) => unknown;
};

/** Steps of a restore may carry the fencing token of the lock they are given under; nothing else. */
const RestoreStep = z.strictObject({
  operationId: HostOrder.shape.operationId.optional(),
  fencingToken: HostOrder.shape.fencingToken,
});

function check<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new SnapdeckError("bad-request", `${where}: ${describeIssues(parsed.error)}; nothing was done`);
}

function order(call: RouteCall): HostOrder {
  return check(HostOrder, call.body, "the order is malformed");
}

function fillOrder(call: RouteCall): HostFillOrder {
  return check(HostFillOrder, call.body, "the order is malformed");
}

function operationId(call: RouteCall): string {
  return check(HostOrder.shape.operationId, call.operationId, "the id in the address is malformed");
}

function fencingToken(call: RouteCall): number | undefined {
  if (call.body === undefined) return undefined;
  return check(RestoreStep, call.body, "the order is malformed").fencingToken;
}

const restores = (...rest: string[]) => ["v1", "restores", ":id", ...rest];
const trials = (...rest: string[]) => ["v1", "trials", ":id", ...rest];

/** Everything a host manager answers; the table in the contract's `host.ts` says what each promises. */
export const ROUTES: readonly Route[] = [
  { method: "GET", path: ["v1", "ping"], status: 204, isPublic: true, answer: () => undefined },
  { method: "GET", path: ["v1", "status"], status: 200, answer: (host) => host.status() },
  { method: "GET", path: ["v1", "endpoints"], status: 200, answer: (host) => host.endpoints() },
  {
    method: "POST",
    path: ["v1", "suspend"],
    status: 202,
    answer: (host, call) => host.suspend(order(call), call.gone),
  },
  { method: "POST", path: ["v1", "resume"], status: 202, answer: (host, call) => host.resume(order(call), call.gone) },
  {
    method: "POST",
    path: ["v1", "restores"],
    status: 202,
    answer: (host, call) => host.restores.open(fillOrder(call), call.gone),
  },
  { method: "GET", path: restores(), status: 200, answer: (host, call) => host.restores.get(operationId(call)) },
  {
    method: "GET",
    path: restores("endpoints"),
    status: 200,
    answer: (host, call) => host.restores.endpoints(operationId(call)),
  },
  ...(["commit", "discard", "undo", "keep"] as const).map(
    (step): Route => ({
      method: "POST",
      path: restores(step),
      status: 202,
      answer: (host, call) => host.restores[step](operationId(call), fencingToken(call), call.gone),
    }),
  ),
  { method: "POST", path: ["v1", "trials"], status: 202, answer: (host, call) => host.trials.open(fillOrder(call)) },
  { method: "GET", path: trials(), status: 200, answer: (host, call) => host.trials.get(operationId(call)) },
  {
    method: "GET",
    path: trials("endpoints"),
    status: 200,
    answer: (host, call) => host.trials.endpoints(operationId(call)),
  },
  {
    method: "POST",
    path: trials("discard"),
    status: 202,
    answer: (host, call) => host.trials.discard(operationId(call)),
  },
];

/** The route of a request, and the restore or trial it names. Throws `route-not-found` and `method-not-allowed`. */
export function findRoute(method: string, pathname: string): { route: Route; operationId: string } {
  const segments = pathname.split("/").slice(1);
  const here = ROUTES.filter(
    ({ path }) => path.length === segments.length && path.every((part, at) => part === ":id" || part === segments[at]),
  );
  const route = here.find((each) => each.method === method);
  if (route !== undefined) return { route, operationId: segments[route.path.indexOf(":id")] ?? "" };
  if (here.length === 0) throw new SnapdeckError("route-not-found", "the host manager has no such address");
  const methods = here.map((each) => each.method).join(", ");
  throw new SnapdeckError("method-not-allowed", `that address takes ${methods}`);
}

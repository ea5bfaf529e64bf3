import type { z } from "zod";
import type { Route } from "./route.ts";
import { backupRoutes } from "./routes/backup-routes.ts";
import { clusterRoutes } from "./routes/cluster-routes.ts";
import { jobRoutes } from "./routes/job-routes.ts";
import { sessionRoutes } from "./routes/session-routes.ts";
import { sqlRoutes } from "./routes/sql-routes.ts";

/** The whole API below `/api`: what the server must answer, what the page may ask, what the OpenAPI document prints. */
export const routes = {
  ...sessionRoutes,
  ...clusterRoutes,
  ...jobRoutes,
  ...backupRoutes,
  ...sqlRoutes,
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof routes;
export type Params<R extends RouteName> = z.output<(typeof routes)[R]["params"]>;
export type Query<R extends RouteName> = z.output<(typeof routes)[R]["query"]>;
/** The query as a caller may leave it: what has a default may be absent. */
export type QueryInput<R extends RouteName> = z.input<(typeof routes)[R]["query"]>;
export type Body<R extends RouteName> = (typeof routes)[R]["body"] extends z.ZodType
  ? z.output<(typeof routes)[R]["body"]>
  : undefined;
export type Reply<R extends RouteName> = (typeof routes)[R]["response"] extends z.ZodType
  ? z.output<(typeof routes)[R]["response"]>
  : undefined;

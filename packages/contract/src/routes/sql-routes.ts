import { z } from "zod";
import type { Route } from "../route.ts";
import { ClusterId } from "../scalars.ts";
import { SqlReply } from "../sql.ts";

export const sqlRoutes = {
  runSql: {
    method: "POST",
    path: "/clusters/:clusterId/sql",
    summary:
      "Run statements one after the other: backup SQL here, everything else on the engine; the least role is that of each statement",
    role: "viewer",
    params: z.strictObject({ clusterId: ClusterId }),
    query: z.strictObject({}),
    body: z.strictObject({
      /** One or more statements, separated by semicolons; 256 KiB at most. */
      sql: z.string().min(1).max(262_144),
    }),
    status: 200,
    response: SqlReply,
    problems: [
      "sql-syntax",
      "cluster-not-found",
      "cluster-not-running",
      "cluster-busy",
      "cluster-unreachable",
      "sign-in-too-old",
      "engine-failed",
      "not-supported",
      "disk-full",
      "connection-not-found",
      "connection-exists",
      "connection-in-use",
      "connection-failed",
      "schema-exists",
      "schema-not-empty",
      "schema-not-found",
      "object-not-found",
      "backup-not-found",
      "backup-exists",
      "backup-unusable",
      "unapplied-changes",
      "snapshot-not-found",
      "full-not-purged",
      "nothing-to-merge",
      "restore-conflict",
      "objects-in-circle",
      "store-unavailable",
    ],
  },
} as const satisfies Record<string, Route>;

import { z } from "zod";
import { Job } from "../job.ts";
import type { Route } from "../route.ts";
import { ClusterId, JobId } from "../scalars.ts";

const none = z.strictObject({});
const ofJob = z.strictObject({ clusterId: ClusterId, jobId: JobId });

export const jobRoutes = {
  listActivity: {
    method: "GET",
    path: "/clusters/:clusterId/activity",
    summary: "Jobs in progress, or failed and not dismissed; newest first, all of them",
    role: "viewer",
    params: z.strictObject({ clusterId: ClusterId }),
    query: none,
    body: undefined,
    status: 200,
    /** `seq`: the newest change these jobs hold; the live stream goes on from there. */
    response: z.object({ items: z.array(Job), seq: z.int().nonnegative() }),
    problems: ["cluster-not-found"],
  },
  listJobs: {
    method: "GET",
    path: "/clusters/:clusterId/jobs",
    summary: "Every job of the cluster, newest first",
    role: "viewer",
    params: z.strictObject({ clusterId: ClusterId }),
    query: z.strictObject({
      cursor: z.string().max(256).optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
    body: undefined,
    status: 200,
    response: z.object({ items: z.array(Job), next: z.string().nullable() }),
    problems: ["cluster-not-found"],
  },
  getJob: {
    method: "GET",
    path: "/clusters/:clusterId/jobs/:jobId",
    summary: "One job",
    role: "viewer",
    params: ofJob,
    query: none,
    body: undefined,
    status: 200,
    response: Job,
    problems: ["cluster-not-found", "job-not-found"],
  },
  cancelJob: {
    method: "POST",
    path: "/clusters/:clusterId/jobs/:jobId/cancel",
    summary: "Stop a job and clean up after it, or clear a failed one: remove what it left and dismiss its entry",
    role: "operator",
    params: ofJob,
    query: none,
    body: none,
    status: 200,
    response: Job,
    problems: [
      "cluster-not-found",
      "job-not-found",
      "job-finished",
      "cluster-busy",
      "cluster-unreachable",
      "store-unavailable",
    ],
  },
} as const satisfies Record<string, Route>;

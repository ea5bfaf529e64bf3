import type { Job } from "@snapdeck/contract/job";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { call } from "../api/call.ts";
import { ProblemError } from "../api/problem-error.ts";
import { rememberJob } from "./remember-job.ts";

/** Cancel as a card uses it. */
export type CancelAct = {
  /** Does it and keeps what failed in `error`. */
  readonly start: () => void;
  /** Does it and throws what failed, for a dialog that says so itself. */
  readonly run: () => Promise<void>;
  readonly busy: boolean;
  readonly error: Error | null;
};

/** Cancels or clears a job. That it has ended meanwhile is no failure: it is what its card will say. */
export function useCancel(job: Job): CancelAct {
  const client = useQueryClient();
  const { clusterId, id: jobId } = job;
  const cancel = useMutation({
    mutationFn: async () => {
      try {
        return await call("cancelJob", { params: { clusterId, jobId } });
      } catch (error) {
        if (!(error instanceof ProblemError) || error.problem.code !== "job-finished") throw error;
        return await call("getJob", { params: { clusterId, jobId } });
      }
    },
    onSuccess: (canceled) => rememberJob(client, canceled),
  });
  return {
    start: () => cancel.mutate(),
    run: async () => {
      try {
        await cancel.mutateAsync();
      } catch (error) {
        cancel.reset();
        throw error;
      }
    },
    busy: cancel.isPending,
    error: cancel.error,
  };
}

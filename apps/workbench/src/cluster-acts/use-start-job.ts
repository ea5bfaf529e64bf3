import type { Job } from "@snapdeck/contract/job";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { newIdempotencyKey } from "../api/idempotency-key.ts";
import { OfflineError } from "../api/offline-error.ts";
import { rememberJob } from "../job-card/remember-job.ts";

type Ways = {
  readonly onStarted?: () => void;
  readonly onRefused?: (error: Error) => void;
};

/** Asks for something that becomes a job, once however often it is sent: without an answer the same act goes out again under its key. */
export function useStartJob<Order = void>(
  start: (order: Order, idempotencyKey: string) => Promise<Job>,
  { onStarted, onRefused }: Ways = {},
) {
  const client = useQueryClient();
  const key = useRef<string | undefined>(undefined);
  return useMutation<Job, Error, Order>({
    mutationFn: (order) => {
      key.current ??= newIdempotencyKey();
      return start(order, key.current);
    },
    onSuccess: (job) => {
      key.current = undefined;
      rememberJob(client, job);
      onStarted?.();
    },
    onError: (error) => {
      if (error instanceof OfflineError) return;
      key.current = undefined;
      onRefused?.(error);
    },
  });
}

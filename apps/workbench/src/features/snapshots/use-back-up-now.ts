import type { ClusterId } from "@snapdeck/contract/scalars";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { call } from "../../api/call.ts";
import { newIdempotencyKey } from "../../api/idempotency-key.ts";
import { OfflineError } from "../../api/offline-error.ts";
import { rememberJob } from "../../job-card/remember-job.ts";

/** How long the button stays pressed at least, in milliseconds: longer than a double click takes (500 by default on Windows). */
const PRESSED_MS = 600;

/** Backup Now as the page uses it. */
export type BackUpNow = {
  readonly press: () => void;
  readonly busy: boolean;
  readonly error: Error | null;
};

/**
 * Starts one backup for each press, however often the request is sent: the key of a press is kept until the server has answered
 * it, so that trying again after a lost answer finds the job that was started.
 */
export function useBackUpNow(clusterId: ClusterId): BackUpNow {
  const client = useQueryClient();
  const key = useRef<string | undefined>(undefined);
  // Two clicks may come before the page is drawn again and the button knows that it is busy.
  const pressed = useRef(false);
  const backUp = useMutation({
    mutationFn: async () => {
      key.current ??= newIdempotencyKey();
      const released = new Promise((resolve) => setTimeout(resolve, PRESSED_MS));
      const job = await call("startBackup", { params: { clusterId }, idempotencyKey: key.current });
      rememberJob(client, job);
      await released;
    },
    onSettled: (_done, error) => {
      pressed.current = false;
      if (!(error instanceof OfflineError)) key.current = undefined;
    },
  });
  return {
    press: () => {
      if (pressed.current) return;
      pressed.current = true;
      backUp.mutate();
    },
    busy: backUp.isPending,
    error: backUp.error,
  };
}

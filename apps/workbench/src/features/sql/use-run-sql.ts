import type { ClusterId } from "@snapdeck/contract/scalars";
import type { SqlReply } from "@snapdeck/contract/sql";
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { call } from "../../api/call.ts";
import { newIdempotencyKey } from "../../api/idempotency-key.ts";
import { OfflineError } from "../../api/offline-error.ts";
import { activityQuery } from "../../api/queries.ts";
import { keys } from "../../api/query-keys.ts";
import { knownSession } from "../../api/session-cache.ts";
import { useAnnounce } from "../../components/live-region.tsx";
import { rememberJob } from "../../job-card/remember-job.ts";
import { replyWords } from "./reply-words.ts";
import type { JobsBefore } from "./script-jobs.ts";
import { changeDesk, deskOf, type SentScript, type SqlRun, withScript } from "./sql-desk.ts";

/** A script may take backups one after the other: an answer is waited for as long as a day, and Stop ends that earlier. */
const LONGEST_MS = 86_400_000;

export type RunSql = {
  /** One whose answer was lost is sent under the same key when it is run again, so that what was done is not done twice. */
  readonly start: (sql: string) => void;
  /** Sends the last script again under the same key. */
  readonly goOn: () => void;
};

/** Runs scripts, one at a time. It goes on when the page is left, and what came of it is found there later. */
export function useRunSql(clusterId: ClusterId): RunSql {
  const client = useQueryClient();
  const announce = useAnnounce();
  const send = (script: SentScript) => {
    const stopper = new AbortController();
    const ends = (run: SqlRun) => changeDesk(client, clusterId, (now) => ({ ...now, run }));
    const tookMs = () => Date.now() - script.startedAtMs;
    changeDesk(client, clusterId, (now) => ({
      ...now,
      scripts: withScript(now, script.sql),
      run: { ...script, state: "running", stop: () => stopper.abort() },
    }));
    call("runSql", {
      params: { clusterId },
      body: { sql: script.sql },
      idempotencyKey: script.key,
      signal: stopper.signal,
      timeoutMs: LONGEST_MS,
    })
      .then((reply: SqlReply) => {
        for (const result of reply.results) if (result.kind === "job") rememberJob(client, result.job);
        ends({ ...script, state: "answered", tookMs: tookMs(), reply });
        announce(replyWords(reply));
        void client.invalidateQueries({ queryKey: keys.inventory(clusterId) });
        void client.invalidateQueries({ queryKey: keys.jobs(clusterId) });
      })
      .catch((thrown: unknown) => {
        const error = thrown instanceof Error ? thrown : new Error(String(thrown));
        if (stopper.signal.aborted) ends({ ...script, state: "stopped", tookMs: tookMs() });
        else ends({ ...script, state: "failed", tookMs: tookMs(), error });
      });
  };
  return {
    start: (sql) => {
      const { run } = deskOf(client, clusterId);
      if (run?.state === "running" || sql.trim() === "") return;
      send(run?.sql === sql && isLost(run) ? again(run) : anew(client, clusterId, sql));
    },
    goOn: () => {
      const { run } = deskOf(client, clusterId);
      if (run !== undefined && run.state !== "running") send(again(run));
    },
  };
}

/** Whether the answer to a script was lost on its way. */
export function isLost(run: SqlRun): boolean {
  return run.state === "failed" && run.error instanceof OfflineError;
}

function anew(client: QueryClient, clusterId: ClusterId, sql: string): SentScript {
  const nowMs = Date.now();
  const before = jobsBefore(client, clusterId);
  return { sql, key: newIdempotencyKey(), sentAtMs: nowMs, startedAtMs: nowMs, before };
}

function again({ sql, key, sentAtMs, before }: SqlRun): SentScript {
  return { sql, key, sentAtMs, startedAtMs: Date.now(), before };
}

function jobsBefore(client: QueryClient, clusterId: ClusterId): JobsBefore | undefined {
  const activity = client.getQueryData(activityQuery(clusterId).queryKey);
  const session = knownSession();
  if (activity === undefined || session?.signedIn !== true) return undefined;
  return { seq: activity.seq, ids: new Set(activity.items.map(({ id }) => id)), username: session.user.username };
}

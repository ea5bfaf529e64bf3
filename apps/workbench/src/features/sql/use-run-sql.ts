import type { ClusterId } from "@snapdeck/contract/scalars";
import type { SqlReply } from "@snapdeck/contract/sql";
import { useQueryClient } from "@tanstack/react-query";
import { call } from "../../api/call.ts";
import { newIdempotencyKey } from "../../api/idempotency-key.ts";
import { OfflineError } from "../../api/offline-error.ts";
import { keys } from "../../api/query-keys.ts";
import { useAnnounce } from "../../components/live-region.tsx";
import { rememberJob } from "../../job-card/remember-job.ts";
import { replyWords } from "./reply-words.ts";
import { changeDesk, deskOf, type SqlRun, withScript } from "./sql-desk.ts";

/** A script may take backups one after the other: an answer is waited for as long as a day, and Stop ends that earlier. */
const LONGEST_MS = 86_400_000;

/**
 * Runs scripts, one at a time. It goes on when the page is left, and what came of it is found there later. A script whose answer was
 * lost is sent under the same key when it is run again, so that what was done is not done twice.
 */
export function useRunSql(clusterId: ClusterId): (sql: string) => void {
  const client = useQueryClient();
  const announce = useAnnounce();
  return (sql) => {
    const desk = deskOf(client, clusterId);
    if (desk.run?.state === "running" || sql.trim() === "") return;
    const key = keyOf(desk.run, sql) ?? newIdempotencyKey();
    const stopper = new AbortController();
    const script = { sql, startedAtMs: Date.now() };
    const ends = (run: SqlRun) => changeDesk(client, clusterId, (now) => ({ ...now, run }));
    const tookMs = () => Date.now() - script.startedAtMs;
    changeDesk(client, clusterId, (now) => ({
      ...now,
      scripts: withScript(now, sql),
      run: { ...script, state: "running", stop: () => stopper.abort() },
    }));
    call("runSql", {
      params: { clusterId },
      body: { sql },
      idempotencyKey: key,
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
        else ends({ ...script, state: "failed", tookMs: tookMs(), error, key });
      });
  };
}

/** Of a script whose answer was lost, its key. */
function keyOf(run: SqlRun | undefined, sql: string): string | undefined {
  return run?.state === "failed" && run.sql === sql && run.error instanceof OfflineError ? run.key : undefined;
}

import type { Cluster } from "@snapdeck/contract/cluster";
import type { SqlReply, SqlResult } from "@snapdeck/contract/sql";
import { IconCircleCheck, IconTerminal2 } from "@tabler/icons-react";
import { EmptyState } from "../../components/empty-state.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import { formatDuration } from "../../format/duration.ts";
import { JobResult } from "./job-result.tsx";
import { doneWords, replyWords } from "./reply-words.ts";
import { RowsResult } from "./rows-result.tsx";
import type { SqlRun } from "./sql-desk.ts";
import { JobInTheWay, SqlProblem } from "./sql-problem.tsx";
import classes from "./sql-results.module.css";
import { SqlRunning } from "./sql-running.tsx";
import type { SyntaxPlace } from "./syntax-places.ts";

type Props = {
  readonly cluster: Cluster;
  readonly run: SqlRun | undefined;
  readonly onRetry: () => void;
  readonly onGo: (place: SyntaxPlace) => void;
};

/** What came of the last script: its statements one below the other, as far as they came. */
export function SqlResults({ cluster, run, onRetry, onGo }: Props) {
  return (
    <section aria-labelledby="results">
      <h2 id="results" className="section-heading">
        Results
      </h2>
      <Content cluster={cluster} run={run} onRetry={onRetry} onGo={onGo} />
    </section>
  );
}

function Content({ cluster, run, onRetry, onGo }: Props) {
  switch (run?.state) {
    case undefined:
      return (
        <div className="card">
          <EmptyState icon={<IconTerminal2 size={28} aria-hidden />} title="Nothing was run yet">
            Write a statement above, or begin with one of the examples.
          </EmptyState>
        </div>
      );
    case "running":
      return <SqlRunning cluster={cluster} run={run} />;
    case "failed":
      return <SqlProblem clusterId={cluster.id} error={run.error} onRetry={onRetry} onGo={onGo} />;
    case "stopped":
      return (
        <p className="card">
          Stopped after {formatDuration(run.tookMs)}. What the engine was still doing for this script is canceled; a job
          that it began goes on, under Jobs. Look what was done before you run it again.
        </p>
      );
    case "answered":
      return <Reply cluster={cluster} reply={run.reply} tookMs={run.tookMs} />;
  }
}

type ReplyProps = { readonly cluster: Cluster; readonly reply: SqlReply; readonly tookMs: number };

function Reply({ cluster, reply, tookMs }: ReplyProps) {
  const { results, stoppedBy } = reply;
  return (
    <div className={classes["results"]}>
      <p className={classes["words"]}>
        {replyWords(reply)}, in {formatDuration(tookMs)}.
      </p>
      {results.map((result, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: statements have no other name, and never move.
        <article key={index} className={`card ${classes["result"]}`} aria-label={`Statement ${index + 1}`}>
          <code className={classes["statement"]}>{result.statement}</code>
          <Result cluster={cluster} result={result} number={index + 1} />
        </article>
      ))}
      {stoppedBy !== undefined && endedBadly(results.at(-1)) && (
        <p className={classes["words"]}>The script ended with that job; nothing behind it was run.</p>
      )}
      {stoppedBy !== undefined && !endedBadly(results.at(-1)) && (
        <ProblemNote
          problem={stoppedBy}
          meaning={`That was statement ${results.length + 1}. What was done before it stands; nothing behind it was run.`}
        >
          <JobInTheWay clusterId={cluster.id} problem={stoppedBy} />
        </ProblemNote>
      )}
    </div>
  );
}

function Result({ cluster, result, number }: { cluster: Cluster; result: SqlResult; number: number }) {
  switch (result.kind) {
    case "done":
      return (
        <p className={classes["done"]}>
          <IconCircleCheck size={18} aria-hidden /> {doneWords(result)}
        </p>
      );
    case "rows":
      return <RowsResult result={result} label={`Rows of statement ${number}`} />;
    case "job":
      return <JobResult begun={result.job} cluster={cluster} />;
  }
}

/** Whether a result is itself what stopped the script. */
function endedBadly(result: SqlResult | undefined): boolean {
  return result?.kind === "job" && ["failed", "interrupted", "canceled"].includes(result.job.state.name);
}

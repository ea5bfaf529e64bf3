import type { Cluster } from "@snapdeck/contract/cluster";
import type { SqlReply, SqlResult } from "@snapdeck/contract/sql";
import { IconCircleCheck, IconTerminal2 } from "@tabler/icons-react";
import { EmptyState } from "../../components/empty-state.tsx";
import { formatDuration } from "../../format/duration.ts";
import { JobResult } from "./job-result.tsx";
import { doneWords, replyWords } from "./reply-words.ts";
import { RowsResult } from "./rows-result.tsx";
import { SqlCutOff } from "./sql-cut-off.tsx";
import type { SqlRun } from "./sql-desk.ts";
import { SqlProblem } from "./sql-problem.tsx";
import classes from "./sql-results.module.css";
import { SqlRunning } from "./sql-running.tsx";
import { SqlStop } from "./sql-stop.tsx";
import type { SyntaxPlace } from "./syntax-places.ts";
import { isLost } from "./use-run-sql.ts";

type Props = {
  readonly cluster: Cluster;
  readonly run: SqlRun | undefined;
  readonly onRetry: () => void;
  /** Sends the script again, as the one that it was. */
  readonly onGoOn: () => void;
  readonly onGo: (place: SyntaxPlace) => void;
};

/** What came of the last script: its statements one below the other, as far as they came. */
export function SqlResults(props: Props) {
  return (
    <section aria-labelledby="results">
      <h2 id="results" className="section-heading">
        Results
      </h2>
      <Content {...props} />
    </section>
  );
}

function Content({ cluster, run, onRetry, onGoOn, onGo }: Props) {
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
      return isLost(run) ? (
        <SqlCutOff cluster={cluster} run={run} onGoOn={onGoOn} />
      ) : (
        <SqlProblem clusterId={cluster.id} run={run} onRetry={onRetry} onGo={onGo} />
      );
    case "stopped":
      return <SqlCutOff cluster={cluster} run={run} onGoOn={onGoOn} />;
    case "answered":
      return <Reply cluster={cluster} reply={run.reply} tookMs={run.tookMs} />;
  }
}

type ReplyProps = { readonly cluster: Cluster; readonly reply: SqlReply; readonly tookMs: number };

function Reply({ cluster, reply, tookMs }: ReplyProps) {
  return (
    <div className={classes["results"]}>
      <p className={classes["words"]}>
        {replyWords(reply)}, in {formatDuration(tookMs)}.
      </p>
      {reply.results.map((result, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: statements have no other name, and never move.
        <article key={index} className={`card ${classes["result"]}`} aria-label={`Statement ${index + 1}`}>
          <code className={classes["statement"]}>{result.statement}</code>
          <Result cluster={cluster} result={result} number={index + 1} />
        </article>
      ))}
      <SqlStop cluster={cluster} reply={reply} />
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

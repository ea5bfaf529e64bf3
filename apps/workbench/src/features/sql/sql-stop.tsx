import type { Cluster } from "@snapdeck/contract/cluster";
import type { SqlReply } from "@snapdeck/contract/sql";
import { ProblemNote } from "../../components/problem-note.tsx";
import { endedBadly, stoppingNumber } from "./reply-words.ts";
import { JobInTheWay } from "./sql-problem.tsx";
import classes from "./sql-results.module.css";

type Props = { readonly cluster: Cluster; readonly reply: SqlReply };

/** What ended a script before its end, and the statements behind it. */
export function SqlStop({ cluster, reply }: Props) {
  const { results, stoppedBy, stoppedAt, notRun = [] } = reply;
  if (stoppedBy === undefined) return null;
  const number = stoppingNumber(reply);
  return (
    <>
      {!endedBadly(results.at(-1)) && (
        <article className={`card ${classes["result"]}`} aria-label={`Statement ${number}`}>
          {stoppedAt !== undefined && <code className={classes["statement"]}>{stoppedAt}</code>}
          <ProblemNote problem={stoppedBy} meaning="What was done before this statement stands.">
            <JobInTheWay clusterId={cluster.id} problem={stoppedBy} />
          </ProblemNote>
        </article>
      )}
      {notRun.length > 0 && (
        <section className="card" aria-labelledby="not-run">
          <h3 id="not-run" className={classes["notRun"]}>
            Not run ({notRun.length})
          </h3>
          <p className="quiet">The script ended with statement {number}; of what stands behind it nothing was run.</p>
          <ol className={classes["statements"]} start={number + 1}>
            {notRun.map((statement, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: statements have no other name, and never move.
              <li key={index}>
                <code className={classes["statement"]}>{statement}</code>
              </li>
            ))}
          </ol>
        </section>
      )}
    </>
  );
}

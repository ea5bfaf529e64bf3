import type { Cluster } from "@snapdeck/contract/cluster";
import type { Job } from "@snapdeck/contract/job";
import classes from "./job-card.module.css";
import { jobFacts, progressText } from "./job-facts.ts";
import { movesData, percentOf } from "./percent.ts";
import { ProgressBar } from "./progress-bar.tsx";
import { RankBars } from "./rank-bars.tsx";

type Props = {
  readonly job: Job;
  readonly title: string;
  readonly cluster: Cluster;
};

/** How far a job under way is: its numbers, the bar of the whole and the bars of its ranks. */
export function JobProgress({ job, title, cluster }: Props) {
  const facts = jobFacts(job);
  return (
    <>
      {facts.length > 0 && (
        <dl className={classes["facts"]}>
          {facts.map((fact) => (
            <div key={fact.name} data-fact={fact.name}>
              <dt>{fact.name}</dt>
              <dd>{fact.value}</dd>
            </div>
          ))}
        </dl>
      )}
      <ProgressBar
        percent={job.state.name === "queued" ? 0 : percentOf(job)}
        label={title}
        valueText={progressText(job)}
        tone={job.state.name === "running" ? "working" : "waiting"}
      />
      {movesData(job) && <RankBars job={job} title={title} ranks={cluster.ranks.map((rank) => rank.rank)} />}
    </>
  );
}

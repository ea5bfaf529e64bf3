import type { Job, RankProgress } from "@snapdeck/contract/job";
import { formatBytesOf } from "../format/bytes.ts";
import { percentText, shareOf } from "./percent.ts";
import { ProgressBar } from "./progress-bar.tsx";
import classes from "./rank-bars.module.css";

type Props = {
  readonly job: Job;
  readonly title: string;
  /** The ranks to make room for before the first measurement names them. */
  readonly ranks: readonly number[];
};

/** One small bar with its numbers for each rank, in the order of their numbers. */
export function RankBars({ job, title, ranks }: Props) {
  const measured = job.progress?.ranks ?? [];
  const shown = measured.length > 0 ? measured : ranks.map(unmeasured);
  const tone = job.state.name === "running" ? "working" : "waiting";
  return (
    <ul className={classes["ranks"]} aria-label={`Ranks of ${title}`}>
      {[...shown]
        .sort((a, b) => a.rank - b.rank)
        .map((rank) => {
          const percent = shareOf(rank.bytesDone, rank.bytesTotal);
          const bytes = rank.bytesTotal > 0 ? formatBytesOf(rank.bytesDone, rank.bytesTotal) : "–";
          return (
            <li key={rank.rank} className={classes["rank"]}>
              <span className={classes["name"]}>rank {rank.rank}</span>
              <span className={classes["percent"]}>{percentText(percent)}</span>
              <span className={classes["bytes"]}>{bytes}</span>
              <div className={classes["bar"]}>
                <ProgressBar
                  percent={percent ?? 0}
                  label={`Rank ${rank.rank}`}
                  valueText={percent === undefined ? "not known yet" : `${percentText(percent)}, ${bytes}`}
                  tone={tone}
                  thin
                />
              </div>
            </li>
          );
        })}
    </ul>
  );
}

function unmeasured(rank: number): RankProgress {
  return { rank, bytesDone: 0, bytesTotal: 0, filesDone: 0, filesTotal: 0 };
}

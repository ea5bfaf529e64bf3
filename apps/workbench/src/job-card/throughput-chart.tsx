import { lazy, Suspense } from "react";
import type { Sample } from "../live/throughput.ts";
import classes from "./throughput-chart.module.css";
import { throughputText } from "./throughput-text.ts";

/** The height of the chart with its axes, in pixels; reserved before the plot is loaded, so that nothing moves when it is. */
const HEIGHT_PX = 80;

/** Loaded when a job runs: the pages that show no chart do not pay for it. */
const ThroughputPlot = lazy(async () => ({ default: (await import("./throughput-plot.tsx")).ThroughputPlot }));

type Props = { readonly samples: readonly Sample[] };

/** How fast a job has been moving bytes since the page began to watch it, as a chart and in words. */
export function ThroughputChart({ samples }: Props) {
  const measured = samples.length >= 2;
  return (
    <figure className={classes["figure"]} role="img" aria-label={throughputText(samples)}>
      <figcaption className={classes["caption"]} aria-hidden>
        Throughput
      </figcaption>
      <div className={classes["plot"]} style={{ height: HEIGHT_PX }} aria-hidden>
        {measured ? (
          <Suspense fallback={null}>
            <ThroughputPlot samples={samples} heightPx={HEIGHT_PX} />
          </Suspense>
        ) : (
          <span className={classes["empty"]}>measuring…</span>
        )}
      </div>
    </figure>
  );
}

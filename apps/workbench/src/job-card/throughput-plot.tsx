import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { formatRate } from "../format/rate.ts";
import type { Sample } from "../live/throughput.ts";
import { plotColors } from "./plot-colors.ts";

/** The shortest span that the time axis shows, in seconds, so that the first measurements are not stretched over the chart. */
const MIN_SPAN_S = 10;

type Props = { readonly samples: readonly Sample[]; readonly heightPx: number };

/** The line itself. Drawn on a canvas without any animation; its words are told by whoever shows it. */
export function ThroughputPlot({ samples, heightPx }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const newest = useRef(samples);
  newest.current = samples;
  const scheme = useComputedColorScheme("light");

  // biome-ignore lint/correctness/useExhaustiveDependencies: a canvas takes over no new colors by itself, so the scheme draws it anew.
  useEffect(() => {
    const target = frame.current;
    if (target === null) return;
    const made = new uPlot(optionsFor(target, heightPx), dataOf(newest.current), target);
    plot.current = made;
    const watcher = new ResizeObserver(() => made.setSize({ width: target.clientWidth, height: heightPx }));
    watcher.observe(target);
    return () => {
      watcher.disconnect();
      plot.current = undefined;
      made.destroy();
    };
  }, [scheme, heightPx]);

  useEffect(() => plot.current?.setData(dataOf(samples)), [samples]);

  return <div ref={frame} style={{ height: heightPx }} />;
}

function optionsFor(target: HTMLElement, heightPx: number): uPlot.Options {
  const { line, fill, grid, text, font } = plotColors(target);
  const axis = { stroke: text, font, grid: { stroke: grid, width: 1 }, ticks: { show: false } };
  return {
    width: target.clientWidth,
    height: heightPx,
    padding: [8, 28, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: true, range: (_plot, min, max) => [min, Math.max(max, min + MIN_SPAN_S)] },
      y: { range: (_plot, _min, max) => [0, max <= 0 ? 1 : max * 1.1] },
    },
    axes: [
      { ...axis, size: 22, space: 80, values: (_plot, seconds) => seconds.map(clockTime) },
      { ...axis, size: 76, space: 18, values: (_plot, speeds) => speeds.map((speed) => formatRate(speed)) },
    ],
    series: [{}, { stroke: line, fill, width: 1.5, points: { show: false } }],
  };
}

function clockTime(seconds: number): string {
  return new Date(seconds * 1_000).toLocaleTimeString("sv-SE");
}

function dataOf(samples: readonly Sample[]): uPlot.AlignedData {
  return [samples.map((sample) => Date.parse(sample.at) / 1_000), samples.map((sample) => sample.bytesPerSecond)];
}

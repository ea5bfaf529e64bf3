import type { Job } from "@snapdeck/contract/job";
import { useEffect, useRef } from "react";
import { useAnnounce } from "../components/live-region.tsx";
import { jobAnnouncement } from "./job-announcement.ts";

/**
 * Has a screen reader tell of each job's start, steps and end while the page is open. What is there when the page opens is not
 * told: it can be read. A job that left `jobs` has ended; `endedAs` says how, where that is known.
 */
export function useJobAnnouncements(
  jobs: readonly Job[] | undefined,
  titleOf: (job: Job) => string,
  endedAs: (job: Job) => Job | undefined,
): void {
  const announce = useAnnounce();
  const seen = useRef<ReadonlyMap<string, Job> | undefined>(undefined);
  useEffect(() => {
    if (jobs === undefined) return;
    const before = seen.current;
    seen.current = new Map(jobs.map((job) => [job.id, job]));
    if (before === undefined) return;
    const left = [...before.values()].filter((job) => !jobs.some((other) => other.id === job.id));
    const now = [...jobs, ...left.flatMap((job) => endedAs(job) ?? [])];
    for (const job of now) {
      const text = jobAnnouncement(before.get(job.id), job, titleOf(job));
      const bad = job.state.name === "failed" || job.state.name === "interrupted";
      if (text !== undefined) announce(text, bad ? "assertive" : "polite");
    }
  }, [jobs, titleOf, endedAs, announce]);
}

import type { Job } from "@snapdeck/contract/job";
import { useEffect, useRef } from "react";
import { useAnnounce } from "../components/live-region.tsx";
import { jobAnnouncement } from "./job-announcement.ts";
import { jobNews, type KnownJobs } from "./job-news.ts";

/**
 * Has a screen reader tell of each job's start, steps and end while the page is open, and not of its percents. `jobs` is whatever
 * the page holds of jobs, those that ended among them; undefined until the first answer.
 */
export function useJobAnnouncements(jobs: readonly Job[] | undefined, titleOf: (job: Job) => string): void {
  const announce = useAnnounce();
  const known = useRef<KnownJobs | undefined>(undefined);
  const title = useRef(titleOf);
  title.current = titleOf;
  useEffect(() => {
    if (jobs === undefined) return;
    const { known: next, news } = jobNews(known.current, jobs);
    known.current = next;
    const texts = { polite: [] as string[], assertive: [] as string[] };
    for (const { before, after } of news) {
      const text = jobAnnouncement(before, after, title.current(after));
      const bad = after.state.name === "failed" || after.state.name === "interrupted";
      if (text !== undefined) texts[bad ? "assertive" : "polite"].push(text);
    }
    // A region says only the last text it is given, so what happened at once is told at once.
    if (texts.polite.length > 0) announce(texts.polite.join(". "));
    if (texts.assertive.length > 0) announce(texts.assertive.join(". "), "assertive");
  }, [jobs, announce]);
}

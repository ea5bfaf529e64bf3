import { isActivity, type Job } from "@snapdeck/contract/job";

/** The jobs that a page has told of, by their ids, each as it was told last. */
export type KnownJobs = ReadonlyMap<string, Job>;

/** A job that changed: as it was known and as it is. `before` is absent for one that came up meanwhile. */
export type JobNews = { readonly before: Job | undefined; readonly after: Job };

/**
 * What changed since `known`, oldest request first. The same job may stand in `jobs` more than once, as two lists hold it; the
 * newest counts. A job that had ended before it was first seen is history and no news.
 */
export function jobNews(known: KnownJobs | undefined, jobs: readonly Job[]): { known: KnownJobs; news: JobNews[] } {
  const next = new Map(known);
  for (const job of jobs) {
    const held = next.get(job.id);
    if (held === undefined || held.seq < job.seq) next.set(job.id, job);
  }
  if (known === undefined) return { known: next, news: [] };
  const news = [...next.values()]
    .map((after) => ({ before: known.get(after.id), after }))
    .filter(({ before, after }) => before !== after && (before !== undefined || isActivity(after)))
    .sort((a, b) => Date.parse(a.after.requestedAt) - Date.parse(b.after.requestedAt));
  return { known: next, news };
}

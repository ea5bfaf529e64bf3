import type { Job } from "@snapdeck/contract/job";

/**
 * What a screen reader should hear when a job went from `before` to `after`: its start, each step and its end; undefined for
 * mere progress. `before` is undefined for a job that the page had not seen.
 */
export function jobAnnouncement(before: Job | undefined, after: Job, title: string): string | undefined {
  const was = before?.state;
  const is = after.state;
  if (was?.name === is.name) {
    const stepped = was.name === "running" && is.name === "running" && was.phase !== is.phase;
    return stepped ? `${title}: ${is.phase}` : undefined;
  }
  switch (is.name) {
    case "queued":
      return `${title}: queued`;
    case "running":
      return `${title}: started, ${is.phase}`;
    case "canceling":
      return `${title}: canceling`;
    case "succeeded":
      return `${title}: succeeded`;
    case "canceled":
      return `${title}: canceled`;
    case "failed":
      return `${title}: failed. ${is.problem.title}`;
    case "interrupted":
      return `${title}: interrupted. ${is.problem.title}`;
  }
}

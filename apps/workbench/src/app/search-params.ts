import { JobId } from "@snapdeck/contract/scalars";

/** Where to go after signing in: an address of this page, never one elsewhere. */
export function readSignInSearch(raw: Record<string, unknown>): { to?: string } {
  const to = raw["to"];
  // "//host" and "/\host" are addresses on another host to a browser.
  return typeof to === "string" && /^\/(?![/\\])/.test(to) ? { to } : {};
}

/** Which job's details are open. */
export function readJobsSearch(raw: Record<string, unknown>): { job?: JobId } {
  const job = JobId.safeParse(raw["job"]);
  return job.success ? { job: job.data } : {};
}

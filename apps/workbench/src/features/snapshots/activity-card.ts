import { lazy } from "react";

/** Loads the card of a job, for `usePreload`: most openings of the page find no job to show. */
export const loadJobCard = async () => ({ default: (await import("../../job-card/job-card.tsx")).JobCard });

export const JobCard = lazy(loadJobCard);

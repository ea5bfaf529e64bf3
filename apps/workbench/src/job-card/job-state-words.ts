import type { Job } from "@snapdeck/contract/job";
import type { Tone } from "../components/tone.ts";

/** How a state is shown: its word, and the tone that gives it color and icon. */
export type JobStateWords = { readonly word: string; readonly tone: Tone };

/** The word and the tone of a job's state. */
export function stateWords(job: Job): JobStateWords {
  switch (job.state.name) {
    case "queued":
      return { word: "Queued", tone: "unknown" };
    case "running":
      return { word: "Running", tone: "working" };
    case "canceling":
      return { word: "Canceling", tone: "working" };
    case "succeeded":
      return { word: "Succeeded", tone: "running" };
    case "failed":
      return { word: "Failed", tone: "failed" };
    case "canceled":
      return { word: "Canceled", tone: "unknown" };
    case "interrupted":
      return { word: "Interrupted", tone: "suspect" };
  }
}

import type { Job } from "@snapdeck/contract/job";
import { IconBan, IconClock } from "@tabler/icons-react";
import { StateBadge } from "../components/state-badge.tsx";
import { stateWords } from "./job-state-words.ts";

type Props = { readonly job: Job };

/** The state of a job as icon, word and color. */
export function JobStateBadge({ job }: Props) {
  const { word, tone } = stateWords(job);
  switch (job.state.name) {
    case "queued":
      return <StateBadge word={word} tone={tone} icon={IconClock} />;
    case "canceled":
      return <StateBadge word={word} tone={tone} icon={IconBan} />;
    default:
      return <StateBadge word={word} tone={tone} />;
  }
}

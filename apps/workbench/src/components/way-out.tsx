import type { Action, Availability } from "@snapdeck/contract/cluster";
import { useParams } from "@tanstack/react-router";
import { ACTION_WORDS, ASKS_FIRST } from "./action-words.ts";
import { TextButton } from "./text-button.tsx";
import { TextLink } from "./text-link.tsx";

type Props = {
  readonly refusal: Extract<Availability, { allowed: false }>;
  /** Does the action that clears the way, in place. Without it the way leads to the cluster's page, where it can be done. */
  readonly onWayOut?: ((action: Action) => void) | undefined;
};

/** How to get an action that is refused now: a button or link to what clears the way, or a link to the job that stands in it. */
export function WayOut({ refusal, onWayOut }: Props) {
  const { clusterId } = useParams({ strict: false });
  const { wayOut, jobId } = refusal;
  if (wayOut !== undefined && onWayOut !== undefined) {
    return (
      <TextButton onClick={() => onWayOut(wayOut)}>
        {ACTION_WORDS[wayOut]}
        {ASKS_FIRST.has(wayOut) && "…"}
      </TextButton>
    );
  }
  if (clusterId === undefined) return null;
  if (wayOut !== undefined) {
    return (
      <TextLink to="/clusters/$clusterId" params={{ clusterId }}>
        {ACTION_WORDS[wayOut]}
      </TextLink>
    );
  }
  if (jobId !== undefined) {
    return (
      <TextLink to="/clusters/$clusterId/jobs" params={{ clusterId }} search={{ job: jobId }}>
        See the job
      </TextLink>
    );
  }
  return null;
}

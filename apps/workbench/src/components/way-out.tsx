import type { Action, Availability } from "@snapdeck/contract/cluster";
import { Anchor } from "@mantine/core";
import { Link, useParams } from "@tanstack/react-router";
import { ACTION_WORDS } from "./action-words.ts";

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
      <Anchor component="button" type="button" onClick={() => onWayOut(wayOut)}>
        {ACTION_WORDS[wayOut]}…
      </Anchor>
    );
  }
  if (clusterId === undefined) return null;
  if (wayOut !== undefined) {
    return (
      <Anchor component={Link} to="/clusters/$clusterId" params={{ clusterId }}>
        {ACTION_WORDS[wayOut]}
      </Anchor>
    );
  }
  if (jobId !== undefined) {
    return (
      <Anchor component={Link} to="/clusters/$clusterId/jobs" params={{ clusterId }} search={{ job: jobId }}>
        See the job
      </Anchor>
    );
  }
  return null;
}

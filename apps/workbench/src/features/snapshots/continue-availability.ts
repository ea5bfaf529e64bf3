import type { RestorePlan } from "@snapdeck/contract/backup";
import type { Availability, Cluster } from "@snapdeck/contract/cluster";
import { typedNameAvailability } from "../../components/typed-name.ts";
import { isReason, REASON_MIN } from "./suspect-reason.ts";

/** Whether a restore can go on from its plan: what the cluster says, then what the plan itself says. */
export function continueAvailability(plan: RestorePlan, cluster: Cluster, expired: boolean): Availability {
  if (!cluster.actions.restore.allowed) return cluster.actions.restore;
  if (!plan.space.enough) return { allowed: false, code: "disk-full", reason: "There is not enough free space" };
  if (expired) return { allowed: false, code: "plan-stale", reason: "Make a new plan first" };
  return { allowed: true };
}

/** Whether the last button can be pressed: all of the above, a reason where the backup is suspect, and the cluster's name typed. */
export function replaceAvailability(
  plan: RestorePlan,
  cluster: Cluster,
  { typed, expired, reason }: { typed: string; expired: boolean; reason?: string | undefined },
): Availability {
  const before = continueAvailability(plan, cluster, expired);
  if (!before.allowed) return before;
  if (reason !== undefined && !isReason(reason)) {
    return {
      allowed: false,
      code: "backup-suspect",
      reason: `Give a reason of at least ${REASON_MIN} characters first`,
    };
  }
  return typedNameAvailability(typed, plan.clusterName);
}

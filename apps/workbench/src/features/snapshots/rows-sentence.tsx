import type { RestorePlan } from "@snapdeck/contract/backup";
import { Age } from "../../format/age.tsx";
import { formatCount, formatCounted } from "../../format/rows.ts";
import { planSummary } from "./plan-summary.ts";

type Props = { readonly plan: RestorePlan };

/** How many rows the cluster holds after the restore, against how many it held when they were last counted. */
export function RowsSentence({ plan }: Props) {
  const { rowsLost, rowsGained } = planSummary(plan);
  if (plan.rowsNow === undefined) return <>How many rows the cluster holds now is not known.</>;
  const change =
    rowsLost === 0 && rowsGained === 0
      ? "as many as now"
      : rowsLost === 0
        ? `${formatCount(rowsGained ?? 0)} more than now`
        : `${formatCount(rowsLost ?? 0)} fewer than now`;
  return (
    <>
      The cluster then holds <strong>{formatCounted(plan.rowsThen, "row")}</strong>, {change}
      {plan.rowsNowObservedAt !== undefined && (
        <>
          {" "}
          (counted <Age at={plan.rowsNowObservedAt} />)
        </>
      )}
      .
    </>
  );
}

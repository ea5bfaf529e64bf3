import type { RestorePlan, TableEffect } from "@snapdeck/contract/backup";
import { formatCount } from "../../format/rows.ts";
import { byLoss, effectSentence, planSummary } from "./plan-summary.ts";
import classes from "./restore-dialog.module.css";
import { RowsSentence } from "./rows-sentence.tsx";

type Props = { readonly plan: RestorePlan };

const WORDS: Record<TableEffect["effect"], string> = {
  replaced: "replaced",
  removed: "removed",
  "brought-back": "brought back",
};

/** What the restore does to each table, worst first, and what that comes to. */
export function PlanEffects({ plan }: Props) {
  const summary = planSummary(plan);
  return (
    <section aria-label="What will be replaced">
      <h3 className={classes["heading"]}>What will be replaced</h3>
      <p className={classes["sentence"]}>
        {effectSentence(summary)} <RowsSentence plan={plan} />
      </p>
      <p className={classes["sentence"]}>
        What was written since that backup will be gone from the cluster. The previous data is kept beside the restored
        data.
      </p>
      {plan.tables.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be within reach of the keyboard.
        <section className={classes["scroll"]} aria-label="Tables of the plan" tabIndex={0}>
          <table className="data-table">
            <thead>
              <tr>
                <th scope="col">Table</th>
                <th scope="col">Effect</th>
                <th scope="col" className="number">
                  Rows now
                </th>
                <th scope="col" className="number">
                  Rows then
                </th>
                <th scope="col" className="number">
                  Change
                </th>
              </tr>
            </thead>
            <tbody>
              {byLoss(plan.tables).map((effect) => (
                <EffectRow key={`${effect.database}/${effect.table}`} effect={effect} />
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  );
}

function EffectRow({ effect }: { readonly effect: TableEffect }) {
  return (
    <tr>
      <td data-label="Table">
        <code>
          {effect.database}.{effect.table}
        </code>
      </td>
      <td data-label="Effect">
        {effect.effect === "removed" ? <strong>{WORDS.removed}</strong> : WORDS[effect.effect]}
      </td>
      <td data-label="Rows now" className="number">
        {known(effect.rowsNow)}
      </td>
      <td data-label="Rows then" className="number">
        {known(effect.rowsThen)}
      </td>
      <td data-label="Change" className="number">
        {changeText(effect)}
      </td>
    </tr>
  );
}

function known(rows: number | undefined): string {
  return rows === undefined ? "–" : formatCount(rows);
}

function changeText({ effect, rowsNow, rowsThen }: TableEffect): string {
  const now = effect === "brought-back" ? 0 : rowsNow;
  const then = effect === "removed" ? 0 : rowsThen;
  if (now === undefined || then === undefined) return "–";
  const change = then - now;
  if (change === 0) return "same";
  return change > 0 ? `+${formatCount(change)}` : `−${formatCount(-change)}`;
}

import { useId } from "react";
import classes from "./reason-field.module.css";
import { REASON_MAX, REASON_MIN, reasonLength } from "./suspect-reason.ts";

type Props = { readonly reason: string; readonly onChange: (reason: string) => void };

/** Why a suspect backup is restored all the same, in an admin's own words. */
export function ReasonField({ reason, onChange }: Props) {
  const id = useId();
  return (
    <div className={classes["reason"]}>
      <label htmlFor={id}>Why is this suspect backup restored?</label>
      <textarea
        id={id}
        className="field"
        rows={3}
        value={reason}
        maxLength={REASON_MAX}
        aria-describedby={`${id}-rule`}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <p id={`${id}-rule`}>
        <span>It goes to the audit trail, with your name. At least {REASON_MIN} characters.</span>
        <span>
          {reasonLength(reason)} of {REASON_MAX}
        </span>
      </p>
    </div>
  );
}

import type { Action, Availability } from "@snapdeck/contract/cluster";
import { type ReactNode, useId, useRef } from "react";
import classes from "./action-button.module.css";
import { BusyButton } from "./busy-button.tsx";
import { Hint } from "./hint.tsx";
import { useFocusHandover } from "./use-focus-handover.ts";
import { WayOut } from "./way-out.tsx";

type Props = {
  /** As the server says it; undefined while that is not known yet. */
  readonly availability: Availability | undefined;
  readonly onAct: () => void;
  readonly children: ReactNode;
  readonly icon?: ReactNode;
  /** `primary` once a page; `danger` for what destroys; `quiet` for rows. Default `normal`. */
  readonly look?: "primary" | "normal" | "danger" | "quiet";
  /** The request is on its way: shows a spinner and takes no further click. */
  readonly busy?: boolean;
  /**
   * Where the reason stands when the action cannot be done: `beside` in sight with the way out, `tooltip` on hover and focus, for
   * rows whose reason is the same as the one shown above them. Default `beside`.
   */
  readonly reason?: "beside" | "tooltip";
  /** What the button is called where its text is not enough: "Restore backup of today 13:52". */
  readonly label?: string;
  /** Does the action that clears the way, in place, for a page that offers to. */
  readonly onWayOut?: ((action: Action) => void) | undefined;
};

const LOOKS = {
  primary: { variant: "filled" },
  normal: { variant: "default" },
  danger: { variant: "filled", color: "red" },
  quiet: { variant: "subtle" },
} as const;

/**
 * A button that is never hidden: where its action cannot be done it says why, also to the keyboard, and shows the way out. It stays
 * the same element whatever its availability becomes, so that the focus stays on it.
 */
export function ActionButton({ reason = "beside", look = "normal", busy = false, ...props }: Props) {
  const { availability } = props;
  const reasonId = useId();
  const refusal = availability?.allowed === false ? availability : undefined;
  const blocked = availability?.allowed !== true;
  const button = (
    <BusyButton
      {...LOOKS[look]}
      {...(props.label === undefined ? {} : { "aria-label": props.label })}
      {...(blocked ? { "aria-disabled": true, "data-disabled": true } : {})}
      leftSection={props.icon}
      busy={busy}
      aria-describedby={refusal === undefined ? undefined : reasonId}
      onClick={() => {
        if (!blocked) props.onAct();
      }}
    >
      {props.children}
    </BusyButton>
  );
  if (reason === "tooltip") {
    return (
      <>
        <Hint label={refusal?.reason}>{button}</Hint>
        {refusal !== undefined && (
          <span id={reasonId} hidden>
            {refusal.reason}
          </span>
        )}
      </>
    );
  }
  return (
    <div className={classes["refusable"]}>
      {button}
      {refusal !== undefined && <Reason id={reasonId} refusal={refusal} onWayOut={props.onWayOut} />}
    </div>
  );
}

type ReasonProps = Pick<Props, "onWayOut"> & {
  readonly id: string;
  readonly refusal: Extract<Availability, { allowed: false }>;
};

/** Why not now, and the way out. Who took that way stands on the button when it has cleared. */
function Reason({ id, refusal, onWayOut }: ReasonProps) {
  const reason = useRef<HTMLSpanElement>(null);
  useFocusHandover(reason, "previous");
  return (
    <span ref={reason} className={classes["reason"]}>
      <span id={id}>{refusal.reason}</span> <WayOut refusal={refusal} onWayOut={onWayOut} />
    </span>
  );
}

import { Button } from "@mantine/core";
import type { Action, Availability } from "@snapdeck/contract/cluster";
import { type ReactNode, useId } from "react";
import classes from "./action-button.module.css";
import { Hint } from "./hint.tsx";
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
  /** Names the one the way out leads through, for a page that offers to do it in place. */
  readonly onWayOut?: ((action: Action) => void) | undefined;
};

const LOOKS = {
  primary: { variant: "filled" },
  normal: { variant: "default" },
  danger: { variant: "filled", color: "red" },
  quiet: { variant: "subtle" },
} as const;

/** A button that is never hidden: where its action cannot be done it says why, also to the keyboard, and shows the way out. */
export function ActionButton({ reason = "beside", look = "normal", busy = false, ...props }: Props) {
  const { availability } = props;
  const reasonId = useId();
  const refusal = availability?.allowed === false ? availability : undefined;
  const blocked = availability?.allowed !== true;
  const button = (
    <Button
      {...LOOKS[look]}
      {...(props.label === undefined ? {} : { "aria-label": props.label })}
      leftSection={props.icon}
      loading={busy}
      {...(blocked ? { "aria-disabled": true, "data-disabled": true } : {})}
      aria-describedby={refusal === undefined ? undefined : reasonId}
      onClick={() => {
        if (!blocked && !busy) props.onAct();
      }}
    >
      {props.children}
    </Button>
  );
  if (refusal === undefined) return button;
  if (reason === "tooltip") {
    return (
      <>
        <Hint label={refusal.reason}>{button}</Hint>
        <span id={reasonId} hidden>
          {refusal.reason}
        </span>
      </>
    );
  }
  return (
    <div className={classes["refused"]}>
      {button}
      <span className={classes["reason"]}>
        <span id={reasonId}>{refusal.reason}</span> <WayOut refusal={refusal} onWayOut={props.onWayOut} />
      </span>
    </div>
  );
}

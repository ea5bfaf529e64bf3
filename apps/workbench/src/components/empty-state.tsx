import type { ReactNode } from "react";
import classes from "./empty-state.module.css";

type Props = {
  readonly icon?: ReactNode;
  /** What is not there: "No backups yet". */
  readonly title: string;
  /** What to do next. */
  readonly children?: ReactNode;
  readonly action?: ReactNode;
};

/** Says what is not there and what to do about it. */
export function EmptyState({ icon, title, children, action }: Props) {
  return (
    <div className={classes["empty"]}>
      {icon !== undefined && <div className={classes["icon"]}>{icon}</div>}
      <h3>{title}</h3>
      {children !== undefined && <div className={classes["words"]}>{children}</div>}
      {action !== undefined && <div className={classes["action"]}>{action}</div>}
    </div>
  );
}

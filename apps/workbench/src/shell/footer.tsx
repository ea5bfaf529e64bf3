import { useNow } from "../format/use-now.ts";
import { type LiveStatus, useLiveStatus } from "../live/use-live-status.ts";
import classes from "./footer.module.css";
import { statusLine } from "./status-line.ts";

/** Whether the page is live, and how old its data is. Read out when that changes, not at each tick. */
export function Footer() {
  const status: LiveStatus = useLiveStatus();
  const nowMs = useNow(500);
  const line = statusLine(status, nowMs);
  return (
    <footer className={classes["footer"]} data-state={status.state}>
      <span className={classes["dot"]} aria-hidden />
      <span className={`${classes["line"]} numbers`}>{line.text}</span>
      <span role="status" className={classes["spoken"]}>
        {line.spoken}
      </span>
    </footer>
  );
}

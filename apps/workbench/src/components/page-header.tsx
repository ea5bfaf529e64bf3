import type { ReactNode } from "react";
import classes from "./page-header.module.css";
import { PAGE_HEADING_ID } from "./page-heading.ts";

type Props = {
  readonly title: string;
  /** What it is about, for the title of the tab: the cluster's name. */
  readonly of?: string;
  /** One sentence in plain words, shown first; a skeleton of the same height while it is not known. */
  readonly verdict?: ReactNode;
  /** The page's one primary action. */
  readonly action?: ReactNode;
};

/** The head of every page: its name, its verdict, and the primary action at the top right. The focus lands here on arrival. */
export function PageHeader({ title, of, verdict, action }: Props) {
  return (
    <div className={classes["header"]}>
      <title>{[title, of, "Snapdeck"].filter((part) => part !== undefined).join(" · ")}</title>
      <div className={classes["words"]}>
        <h1 id={PAGE_HEADING_ID} tabIndex={-1}>
          {title}
        </h1>
        {verdict !== undefined && <div className={classes["verdict"]}>{verdict}</div>}
      </div>
      {action !== undefined && <div className={classes["action"]}>{action}</div>}
    </div>
  );
}

import { VisuallyHidden } from "@mantine/core";
import classes from "./section-heading.module.css";

type Props = {
  readonly id: string;
  readonly title: string;
  /** Undefined while it is not known. */
  readonly count: number | undefined;
  /** What is counted: "jobs". */
  readonly counted: string;
};

/** The heading of a list with how much it holds. The count stands beside the heading, whose name stays one word. */
export function SectionHeading({ id, title, count, counted }: Props) {
  return (
    <div className={classes["heading"]}>
      <h2 id={id}>{title}</h2>
      {count !== undefined && (
        <span className={classes["count"]}>
          <span aria-hidden>({count})</span>
          <VisuallyHidden>
            {count} {counted}
          </VisuallyHidden>
        </span>
      )}
    </div>
  );
}

import classes from "./script-text.module.css";

type Props = {
  readonly text: string;
  /** What it is, for who cannot see it. */
  readonly label: string;
};

/** Text in letters of one width, line by line as it was written; scrolls by itself. */
export function ScriptText({ text, label }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard (WCAG 2.1.1).
    <section className={classes["text"]} tabIndex={0} aria-label={label}>
      <pre>{text}</pre>
    </section>
  );
}

import classes from "./script-text.module.css";

type Props = {
  readonly text: string;
  /** What it is, for who cannot see it. */
  readonly label: string;
  /** Whether a line is words, which may wrap: nothing stands in a place below or above them. Default: none is. */
  readonly wraps?: (line: string) => boolean;
};

/** Text in letters of one width, line by line as it was written; scrolls by itself. */
export function ScriptText({ text, label, wraps = () => false }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard (WCAG 2.1.1).
    <section className={classes["text"]} tabIndex={0} aria-label={label}>
      <pre>
        {text.split(/(?<=\n)/).map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name, and never move.
          <span key={index} className={wraps(line) ? classes["wraps"] : undefined}>
            {line}
          </span>
        ))}
      </pre>
    </section>
  );
}

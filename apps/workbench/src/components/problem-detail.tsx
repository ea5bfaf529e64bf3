type Props = { readonly text: string };

/** How many lines of a long list are shown before somebody asks for the rest. */
const LINES = 6;

/** The circumstances of a failure: a sentence, or a list with one thing on each line. */
export function ProblemDetail({ text }: Props) {
  const lines = text.split("\n");
  // Two more lines take no more room than the words that would hide them.
  const shown = lines.length <= LINES + 2 ? lines.length : LINES;
  const rest = lines.slice(shown);
  return (
    <>
      <p>{lines.slice(0, shown).join("\n")}</p>
      {rest.length > 0 && (
        <details>
          <summary>{rest.length} more</summary>
          <p>{rest.join("\n")}</p>
        </details>
      )}
    </>
  );
}

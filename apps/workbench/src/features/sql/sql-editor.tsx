import type { RefObject } from "react";
import classes from "./sql-editor.module.css";

type Props = {
  readonly area: RefObject<HTMLTextAreaElement | null>;
  readonly draft: string;
  readonly onWrite: (draft: string) => void;
  readonly onRun: () => void;
};

/** Where statements are written. Tab leaves it, as in every other field. */
export function SqlEditor({ area, draft, onWrite, onRun }: Props) {
  return (
    <div className={classes["editor"]}>
      <label htmlFor="sql">Statements</label>
      <textarea
        ref={area}
        id="sql"
        className={`field ${classes["area"]}`}
        rows={8}
        value={draft}
        placeholder="SHOW DATA SOURCE *;"
        aria-describedby="sql-hint"
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        autoCorrect="off"
        onChange={(event) => onWrite(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          onRun();
        }}
      />
      <p id="sql-hint" className="quiet">
        Semicolons separate statements; the first that fails ends the script. <kbd>Ctrl</kbd> <kbd>Enter</kbd> runs it.
        It is forgotten when you sign out.
      </p>
    </div>
  );
}

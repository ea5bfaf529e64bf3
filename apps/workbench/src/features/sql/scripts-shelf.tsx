import { Button } from "@mantine/core";
import { useId } from "react";
import { EXAMPLES, type Example } from "./examples.ts";
import { ScriptText } from "./script-text.tsx";
import classes from "./scripts-shelf.module.css";

type Props = {
  /** What was run, newest first. */
  readonly scripts: readonly string[];
  /** Puts a script into the editor. */
  readonly onTake: (sql: string) => void;
};

/** Scripts to begin with: examples, and what was run before. Closed until somebody looks for them. */
export function ScriptsShelf({ scripts, onTake }: Props) {
  return (
    <div className={classes["shelf"]}>
      <details>
        <summary>Examples</summary>
        <ul>
          {EXAMPLES.map((example) => (
            <Script key={example.title} {...example} onTake={onTake} />
          ))}
        </ul>
      </details>
      {scripts.length > 0 && (
        <details>
          <summary>Run before ({scripts.length})</summary>
          <ul>
            {scripts.map((sql, index) => (
              <Script
                key={sql}
                title={index === 0 ? "The last" : `${index + 1} scripts ago`}
                sql={sql}
                onTake={onTake}
              />
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function Script({ title, words, sql, onTake }: Example & Pick<Props, "onTake">) {
  const titleId = useId();
  return (
    <li>
      <div className={classes["head"]}>
        <strong id={titleId}>{title}</strong>
        <Button variant="default" aria-describedby={titleId} onClick={() => onTake(sql)}>
          Put into the editor
        </Button>
      </div>
      {words !== undefined && <p>{words}</p>}
      <ScriptText text={sql} label={title} />
    </li>
  );
}

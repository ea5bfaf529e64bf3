import { Button } from "@mantine/core";
import type { Problem } from "@snapdeck/contract/problem";
import { IconAlertTriangle, IconPlugConnectedX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { CopyButton } from "./copy-button.tsx";
import { ProblemDetail } from "./problem-detail.tsx";
import classes from "./problem-note.module.css";
import { type ProblemWords, wordsOfError, wordsOfProblem } from "./problem-words.ts";

type Props = {
  /** Anything that was thrown, or a problem as a failed job carries it. */
  readonly error?: unknown;
  readonly problem?: Problem | undefined;
  /** What it means for the data, where the page knows more than the problem says. */
  readonly meaning?: string;
  /** Somebody else tells readers of it, as the page does of a job that failed. Default false. */
  readonly announced?: boolean;
  readonly onRetry?: (() => void) | undefined;
  /** Further ways on: links and buttons. */
  readonly children?: ReactNode;
};

/** What happened, what it means and what to do next. It stays where the work is, and is read out when it appears. */
export function ProblemNote({ error, problem, meaning, announced = false, onRetry, children }: Props) {
  const words: ProblemWords = problem === undefined ? wordsOfError(error) : wordsOfProblem(problem);
  const Icon = words.offline ? IconPlugConnectedX : IconAlertTriangle;
  return (
    <div className={classes["note"]} {...(announced ? {} : { role: "alert" })}>
      <Icon size={18} aria-hidden className={classes["icon"]} />
      <div className={classes["words"]}>
        <strong>{words.what}</strong>
        {words.detail !== undefined && <ProblemDetail text={words.detail} />}
        {meaning !== undefined && <p>{meaning}</p>}
        {words.next !== undefined && <p className={classes["next"]}>{words.next}</p>}
        {(onRetry !== undefined || Boolean(children)) && (
          <div className={classes["ways"]}>
            {onRetry !== undefined && (
              <Button variant="default" size="sm" onClick={onRetry}>
                Try again
              </Button>
            )}
            {children}
          </div>
        )}
        {words.requestId !== undefined && (
          <p className={classes["request"]}>
            Request <code>{words.requestId}</code> <CopyButton text={words.requestId} label="Copy request id" />
          </p>
        )}
      </div>
    </div>
  );
}

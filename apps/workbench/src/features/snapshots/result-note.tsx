import { ActionIcon } from "@mantine/core";
import { IconCircleCheck, IconX } from "@tabler/icons-react";
import { type ReactNode, useRef } from "react";
import { useFocusHandover } from "../../components/use-focus-handover.ts";
import { Age } from "../../format/age.tsx";
import classes from "./result-note.module.css";

type Props = {
  /** What it is the result of: "the restore". */
  readonly of: string;
  readonly title: string;
  readonly endedAt: string;
  readonly onDismiss: () => void;
  /** What came of it, and the steps that are left. */
  readonly children: ReactNode;
};

/** What came of work that somebody waits for. Stays until somebody dismisses it. */
export function ResultNote({ of, title, endedAt, onDismiss, children }: Props) {
  const note = useRef<HTMLElement>(null);
  useFocusHandover(note);
  return (
    <section ref={note} className={classes["result"]} aria-label={`Result of ${of}`}>
      <IconCircleCheck size={20} aria-hidden className={classes["icon"]} />
      <div className={classes["words"]}>
        <strong>{title}: succeeded</strong> <Age at={endedAt} />
        {children}
      </div>
      <ActionIcon variant="subtle" color="gray" aria-label={`Dismiss the result of ${of}`} onClick={onDismiss}>
        <IconX size={20} aria-hidden />
      </ActionIcon>
    </section>
  );
}

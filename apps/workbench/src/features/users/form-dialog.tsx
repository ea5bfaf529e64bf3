import { Button, Modal } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { BusyButton } from "../../components/busy-button.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import { focusFirstError } from "../../session/focus-first-error.ts";
import classes from "./form-dialog.module.css";

type Props = {
  readonly title: string;
  readonly submit: string;
  readonly danger?: boolean;
  readonly children: ReactNode;
  readonly onClose: () => void;
  /** Does it; answers false when the fields are not right yet. */
  readonly onSubmit: () => Promise<void> | false;
};

/** A dialog with fields, its two buttons, and what went wrong. */
export function FormDialog({ title, submit, danger = false, children, onClose, onSubmit }: Props) {
  const act = useMutation({ mutationFn: async () => onSubmit() });
  return (
    <Modal opened onClose={onClose} title={title} centered>
      <form
        className={classes["form"]}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          act.mutate();
          focusFirstError(event.currentTarget);
        }}
      >
        {children}
        {act.error !== null && <ProblemNote error={act.error} />}
        <div className={classes["buttons"]}>
          <Button variant="default" onClick={onClose}>
            Leave it
          </Button>
          <BusyButton type="submit" busy={act.isPending} {...(danger ? { color: "red" } : {})}>
            {submit}
          </BusyButton>
        </div>
      </form>
    </Modal>
  );
}

import { Button, Modal } from "@mantine/core";
import { useState } from "react";
import { BusyButton } from "./busy-button.tsx";
import classes from "./confirm-dialog.module.css";
import type { ConfirmProps } from "./confirm-dialog.tsx";
import { ProblemNote } from "./problem-note.tsx";

/** The window of `ConfirmDialog`, loaded when it is first needed. */
export function ConfirmWindow({ opened, title, children, onConfirm, onClose, ...words }: ConfirmProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const close = () => {
    setError(undefined);
    onClose();
  };
  const act = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await onConfirm();
      onClose();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal opened={opened} onClose={close} title={title} centered>
      {children}
      {error !== undefined && <ProblemNote error={error} />}
      <div className={classes["buttons"]}>
        <Button variant="default" onClick={close} data-autofocus>
          {words.keep ?? "Keep it as it is"}
        </Button>
        <BusyButton {...(words.danger ? { color: "red" } : {})} busy={busy} onClick={() => void act()}>
          {words.confirm}
        </BusyButton>
      </div>
    </Modal>
  );
}

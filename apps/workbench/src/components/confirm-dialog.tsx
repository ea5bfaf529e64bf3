import { Button, Modal } from "@mantine/core";
import { type ReactNode, useState } from "react";
import classes from "./confirm-dialog.module.css";
import { ProblemNote } from "./problem-note.tsx";

type Props = {
  readonly opened: boolean;
  /** The question, naming the act and its object. */
  readonly title: ReactNode;
  /** What it will do. */
  readonly children?: ReactNode;
  /** The verb of the act. */
  readonly confirm: string;
  /** The words of leaving things as they are; has the focus at first. Default "Keep it as it is". */
  readonly keep?: string;
  /** Destroys something: the button is red. Default false. */
  readonly danger?: boolean;
  /** Does it. The dialog stays open and says why when this fails. */
  readonly onConfirm: () => Promise<unknown>;
  readonly onClose: () => void;
};

/** Asks before something is done. What fails is said here, where it was asked for. */
export function ConfirmDialog({ opened, title, children, onConfirm, onClose, ...words }: Props) {
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
        <Button {...(words.danger ? { color: "red" } : {})} loading={busy} onClick={() => void act()}>
          {words.confirm}
        </Button>
      </div>
    </Modal>
  );
}

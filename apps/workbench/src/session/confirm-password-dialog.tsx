import { Button, Modal, PasswordInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { call } from "../api/call.ts";
import { ProblemError } from "../api/problem-error.ts";
import { knownSession, rememberSession } from "../api/session-cache.ts";
import { BusyButton } from "../components/busy-button.tsx";
import { ProblemNote } from "../components/problem-note.tsx";
import classes from "./confirm-password-dialog.module.css";

type Props = {
  /** True when the password was right, false when the user let it be. */
  readonly onAnswer: (confirmed: boolean) => void;
};

/** Asks for the password again before something that must not happen on an unattended screen. */
export function ConfirmPasswordDialog({ onAnswer }: Props) {
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const session = knownSession();
  const wrong = error instanceof ProblemError && error.problem.code === "wrong-credentials";
  const confirm = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      rememberSession(await call("confirmPassword", { body: { password } }));
      onAnswer(true);
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={() => onAnswer(false)} title="Confirm your password" centered zIndex={400}>
      <form onSubmit={(event) => void confirm(event)}>
        <p className={classes["why"]}>
          It is some time since your password was typed. What you asked for needs it again, and has not begun.
        </p>
        <input type="text" name="username" autoComplete="username" value={userName(session)} readOnly hidden />
        <PasswordInput
          label={`Password of ${userName(session)}`}
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          error={wrong ? "The password is wrong" : undefined}
          visibilityToggleButtonProps={{ "aria-label": "Show the password" }}
          required
          data-autofocus
        />
        {error !== undefined && !wrong && <ProblemNote error={error} />}
        <div className={classes["buttons"]}>
          <Button variant="default" onClick={() => onAnswer(false)}>
            Not now
          </Button>
          <BusyButton type="submit" busy={busy}>
            Confirm
          </BusyButton>
        </div>
      </form>
    </Modal>
  );
}

function userName(session: ReturnType<typeof knownSession>): string {
  return session?.signedIn ? session.user.username : "";
}

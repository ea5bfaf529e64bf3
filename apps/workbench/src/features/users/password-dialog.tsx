import { PasswordInput } from "@mantine/core";
import { Password, type User } from "@snapdeck/contract/session";
import { useState } from "react";
import { fieldError } from "../../session/field-error.ts";
import { FormDialog } from "./form-dialog.tsx";

type Props = {
  readonly user: User;
  readonly onClose: () => void;
  readonly onChange: (password: string) => Promise<void>;
};

export function PasswordDialog({ user, onClose, onChange }: Props) {
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const error = fieldError(Password, password);
  const submit = () => {
    setTried(true);
    return error === undefined && onChange(password);
  };
  return (
    <FormDialog
      title={`New password for ${user.username}`}
      submit="Set the password"
      onClose={onClose}
      onSubmit={submit}
    >
      <PasswordInput
        label="New password"
        description="At least 12 characters."
        autoComplete="new-password"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        error={tried ? error : undefined}
        visibilityToggleButtonProps={{ "aria-label": "Show the password" }}
        data-autofocus
      />
      <p className="quiet">{user.username} is signed out everywhere and signs in again with the new password.</p>
    </FormDialog>
  );
}

import { PasswordInput, TextInput } from "@mantine/core";
import type { Role } from "@snapdeck/contract/role";
import type { Body } from "@snapdeck/contract/routes";
import { Password, Username } from "@snapdeck/contract/session";
import { useState } from "react";
import { fieldError } from "../../session/field-error.ts";
import { FormDialog } from "./form-dialog.tsx";
import { RoleChoice } from "./role-choice.tsx";

type Props = {
  readonly onClose: () => void;
  readonly onAdd: (user: Body<"createUser">) => Promise<void>;
};

export function AddUserDialog({ onClose, onAdd }: Props) {
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const [tried, setTried] = useState(false);
  const errors = { username: fieldError(Username, username), password: fieldError(Password, password) };
  const submit = () => {
    setTried(true);
    return errors.username === undefined && errors.password === undefined && onAdd({ username, password, role });
  };
  return (
    <FormDialog title="Add a user" submit="Add the user" onClose={onClose} onSubmit={submit}>
      <TextInput
        label="Name"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={username}
        onChange={(event) => setUsername(event.currentTarget.value)}
        error={tried ? errors.username : undefined}
        data-autofocus
      />
      <PasswordInput
        label="Password"
        description="At least 12 characters. Hand it over in person; an admin can set a new one at any time."
        autoComplete="new-password"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        error={tried ? errors.password : undefined}
        visibilityToggleButtonProps={{ "aria-label": "Show the password" }}
      />
      <RoleChoice value={role} onChange={setRole} />
    </FormDialog>
  );
}

import type { Role } from "@snapdeck/contract/role";
import type { User } from "@snapdeck/contract/session";
import { useState } from "react";
import { FormDialog } from "./form-dialog.tsx";
import { RoleChoice } from "./role-choice.tsx";

type Props = {
  readonly user: User;
  readonly onClose: () => void;
  readonly onChange: (role: Role) => Promise<void>;
};

export function RoleDialog({ user, onClose, onChange }: Props) {
  const [role, setRole] = useState(user.role);
  return (
    <FormDialog
      title={`Change the role of ${user.username}`}
      submit="Change the role"
      onClose={onClose}
      onSubmit={() => onChange(role)}
    >
      <RoleChoice value={role} onChange={setRole} />
      <p className="quiet">{user.username} is signed out everywhere and signs in again with the new role.</p>
    </FormDialog>
  );
}

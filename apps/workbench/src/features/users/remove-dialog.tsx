import type { User } from "@snapdeck/contract/session";
import { FormDialog } from "./form-dialog.tsx";

type Props = {
  readonly user: User;
  readonly onClose: () => void;
  readonly onRemove: () => Promise<void>;
};

export function RemoveDialog({ user, onClose, onRemove }: Props) {
  return (
    <FormDialog
      title={`Remove ${user.username}?`}
      submit="Remove the user"
      danger
      onClose={onClose}
      onSubmit={() => onRemove()}
    >
      <p>
        {user.username} is signed out everywhere and cannot sign in again. Jobs and audit entries keep the name. Backups
        and the cluster are not touched.
      </p>
    </FormDialog>
  );
}

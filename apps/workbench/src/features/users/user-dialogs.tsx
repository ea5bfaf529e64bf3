import type { User } from "@snapdeck/contract/session";
import { useQueryClient } from "@tanstack/react-query";
import { call } from "../../api/call.ts";
import { keys } from "../../api/query-keys.ts";
import { useAnnounce } from "../../components/live-region.tsx";
import { AddUserDialog } from "./add-user-dialog.tsx";
import { PasswordDialog } from "./password-dialog.tsx";
import { RemoveDialog } from "./remove-dialog.tsx";
import { RoleDialog } from "./role-dialog.tsx";

export type UserDialog =
  | { readonly name: "add" }
  | { readonly name: "role" | "password" | "remove"; readonly user: User };

type Props = { readonly dialog: UserDialog; readonly onClose: () => void };

/** What is being done to which user. */
export function UserDialogs({ dialog, onClose }: Props) {
  const client = useQueryClient();
  const announce = useAnnounce();
  const done = async (said: string) => {
    announce(said);
    onClose();
    await client.invalidateQueries({ queryKey: keys.users() });
  };
  switch (dialog.name) {
    case "add":
      return (
        <AddUserDialog
          onClose={onClose}
          onAdd={async (body) => {
            await call("createUser", { body });
            await done(`${body.username} was added`);
          }}
        />
      );
    case "role":
      return (
        <RoleDialog
          user={dialog.user}
          onClose={onClose}
          onChange={async (role) => {
            await call("changeUser", { params: { userId: dialog.user.id }, body: { role } });
            await done(`${dialog.user.username} is ${role} now`);
          }}
        />
      );
    case "password":
      return (
        <PasswordDialog
          user={dialog.user}
          onClose={onClose}
          onChange={async (password) => {
            await call("changeUser", { params: { userId: dialog.user.id }, body: { password } });
            await done(`The password of ${dialog.user.username} was changed`);
          }}
        />
      );
    case "remove":
      return (
        <RemoveDialog
          user={dialog.user}
          onClose={onClose}
          onRemove={async () => {
            await call("deleteUser", { params: { userId: dialog.user.id } });
            await done(`${dialog.user.username} was removed`);
          }}
        />
      );
  }
}

import type { User } from "@snapdeck/contract/session";
import { IconChevronDown, IconLogout, IconUserCircle } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useEffect } from "react";
import { DropMenu, MenuEntry } from "../components/drop-menu.tsx";
import { useAnnounce } from "../components/live-region.tsx";
import { signOut } from "../session/sign-out.ts";
import classes from "./user-menu.module.css";

type Props = { readonly user: User };

/** Who is signed in, with which role, and the way out. */
export function UserMenu({ user }: Props) {
  const leaving = useMutation({ mutationFn: signOut });
  const announce = useAnnounce();
  useEffect(() => {
    if (leaving.isError) announce("Signing out failed: the server did not answer", "assertive");
  }, [leaving.isError, announce]);
  return (
    <DropMenu
      label={`Signed in as ${user.username}`}
      button={
        <>
          <IconUserCircle size={20} aria-hidden />
          <span className={classes["name"]}>{user.username}</span>
          <IconChevronDown size={14} aria-hidden />
        </>
      }
    >
      <div className={classes["who"]} role="presentation">
        <strong>{user.username}</strong>
        <span>Role {user.role}</span>
        {leaving.isError && <span className={classes["failed"]}>Not signed out: the server did not answer.</span>}
      </div>
      <MenuEntry icon={<IconLogout size={18} aria-hidden />} onPick={() => leaving.mutate()}>
        Sign out
      </MenuEntry>
    </DropMenu>
  );
}

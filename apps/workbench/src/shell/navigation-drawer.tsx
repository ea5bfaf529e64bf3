import { ActionIcon } from "@mantine/core";
import type { ClusterId } from "@snapdeck/contract/scalars";
import { IconMenu2, IconX } from "@tabler/icons-react";
import { useRef } from "react";
import { Navigation } from "./navigation.tsx";
import classes from "./navigation-drawer.module.css";

type Props = { readonly clusterId: ClusterId | undefined };

/** The pages below 768 px: a modal dialog of the browser's own, which keeps the focus and closes on Escape. */
export function NavigationDrawer({ clusterId }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const close = () => dialog.current?.close();
  return (
    <div className={classes["only-small"]}>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label="Open the menu"
        aria-haspopup="dialog"
        onClick={() => dialog.current?.showModal()}
      >
        <IconMenu2 size={22} aria-hidden />
      </ActionIcon>
      <dialog
        ref={dialog}
        className={classes["drawer"]}
        aria-label="Menu"
        onClick={(event) => {
          if (event.target === event.currentTarget) close();
        }}
        onKeyDown={(event) => {
          if (event.key === "Escape") close();
        }}
      >
        <div className={classes["inside"]}>
          <div className={classes["head"]}>
            <strong>Snapdeck</strong>
            <ActionIcon variant="subtle" color="gray" aria-label="Close the menu" onClick={close}>
              <IconX size={20} aria-hidden />
            </ActionIcon>
          </div>
          <Navigation clusterId={clusterId} onGo={close} />
        </div>
      </dialog>
    </div>
  );
}

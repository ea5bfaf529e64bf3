import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from "react";
import classes from "./drop-menu.module.css";

type Props = {
  /** What the button is called. */
  readonly label: string;
  readonly button: ReactNode;
  /** `MenuEntry`s, and text between them. */
  readonly children: ReactNode;
};

/**
 * A button that drops a menu at the right edge of the header. The browser's own popover closes it on Escape and on a press elsewhere;
 * arrow keys, Home and End move in it (ARIA menu button pattern).
 */
export function DropMenu({ label, button, children }: Props) {
  const menu = useRef<HTMLDivElement>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const id = useId();

  const entries = () => Array.from(menu.current?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? []);
  const onKeyDown = (event: KeyboardEvent) => {
    const all = entries();
    const at = all.findIndex((entry) => entry.matches(":focus"));
    const next = nextEntry(event.key, at, all.length);
    if (event.key === "Tab") menu.current?.hidePopover();
    if (next === undefined) return;
    event.preventDefault();
    all[next]?.focus();
  };

  return (
    <div className={classes["menu"]}>
      <button
        ref={trigger}
        type="button"
        className={classes["button"]}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={open}
        popoverTarget={id}
      >
        {button}
      </button>
      <div
        ref={menu}
        id={id}
        popover="auto"
        role="menu"
        aria-label={label}
        tabIndex={-1}
        className={classes["drop"]}
        onKeyDown={onKeyDown}
        onClick={() => menu.current?.hidePopover()}
        onToggle={(event) => {
          const opened = event.newState === "open";
          setOpen(opened);
          if (opened) entries()[0]?.focus();
        }}
      >
        {children}
      </div>
    </div>
  );
}

function nextEntry(key: string, at: number, count: number): number | undefined {
  switch (key) {
    case "ArrowDown":
      return (at + 1) % count;
    case "ArrowUp":
      return (at - 1 + count) % count;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return undefined;
  }
}

type EntryProps = {
  readonly icon: ReactNode;
  readonly children: ReactNode;
  readonly onPick: () => void;
  /** For one of several: whether it is the chosen one. */
  readonly checked?: boolean;
};

export function MenuEntry({ icon, children, onPick, checked }: EntryProps) {
  const role = checked === undefined ? { role: "menuitem" } : { role: "menuitemradio", "aria-checked": checked };
  return (
    <button type="button" {...role} tabIndex={-1} className={classes["entry"]} onClick={onPick}>
      {icon}
      <span>{children}</span>
    </button>
  );
}

import { lazy, type ReactNode } from "react";
import { LazyWindow } from "./lazy-window.tsx";

export type ConfirmProps = {
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

/** Loads the code of `ConfirmDialog`, for `usePreload`. */
export const loadConfirmDialog = async () => ({ default: (await import("./confirm-window.tsx")).ConfirmWindow });

const ConfirmWindow = lazy(loadConfirmDialog);

/** Asks before something is done. What fails is said here, where it was asked for. */
export function ConfirmDialog(props: ConfirmProps) {
  return <LazyWindow opened={props.opened}>{(opened) => <ConfirmWindow {...props} opened={opened} />}</LazyWindow>;
}

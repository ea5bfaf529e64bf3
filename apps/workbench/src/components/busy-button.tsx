import { Button, type ButtonProps } from "@mantine/core";
import type { ComponentProps } from "react";

type Props = ButtonProps &
  Omit<ComponentProps<"button">, keyof ButtonProps> & {
    /** The request is on its way: shows a spinner and takes no further press. */
    readonly busy: boolean;
  };

/**
 * A button that can wait. Unlike Mantine's own `loading`, which sets the native `disabled`, it keeps the keyboard focus: who pressed
 * it stands where they stood when the answer comes.
 */
export function BusyButton({ busy, onClick, ...rest }: Props) {
  return (
    <Button
      {...rest}
      {...(busy ? { "aria-disabled": true, "data-loading": true } : {})}
      onClick={(event) => {
        // A submit button would send its form again.
        if (busy) event.preventDefault();
        else onClick?.(event);
      }}
    />
  );
}

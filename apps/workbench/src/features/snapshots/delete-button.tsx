import { ActionIcon } from "@mantine/core";
import type { Availability } from "@snapdeck/contract/cluster";
import { IconTrash } from "@tabler/icons-react";
import { useId } from "react";
import { Hint } from "../../components/hint.tsx";
import classes from "./backups-table.module.css";

type Props = { readonly availability: Availability; readonly onAct: () => void };

/** The trash icon of a row. Where it cannot be used it stays, within reach of the keyboard, and says why. */
export function DeleteButton({ availability, onAct }: Props) {
  const reasonId = useId();
  const refusal = availability.allowed ? undefined : availability;
  return (
    <>
      <Hint label={refusal === undefined ? "Delete backup" : `Delete backup: ${refusal.reason}`}>
        <ActionIcon
          variant="subtle"
          color="gray"
          className={classes["trash"] ?? ""}
          aria-label="Delete backup"
          aria-haspopup="dialog"
          {...(refusal === undefined
            ? {}
            : { "aria-disabled": true, "data-disabled": true, "aria-describedby": reasonId })}
          onClick={() => {
            if (refusal === undefined) onAct();
          }}
        >
          <IconTrash size={18} aria-hidden />
        </ActionIcon>
      </Hint>
      {refusal !== undefined && (
        <span id={reasonId} hidden>
          {refusal.reason}
        </span>
      )}
    </>
  );
}

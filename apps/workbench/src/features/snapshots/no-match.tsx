import { Button } from "@mantine/core";
import { EmptyState } from "../../components/empty-state.tsx";

type Props = { readonly search: string; readonly onClear: () => void };

/** A search that found nothing, what it looks at, and the way back to all backups. */
export function NoMatch({ search, onClear }: Props) {
  return (
    <div className="card">
      <EmptyState
        title={`No backup matches "${search}"`}
        action={
          <Button variant="default" onClick={onClear}>
            Show all backups
          </Button>
        }
      >
        The search looks at the day a backup was taken, such as 2026-11-22, at its id, and at who asked for it.
      </EmptyState>
    </div>
  );
}

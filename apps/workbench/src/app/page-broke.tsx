import { Button } from "@mantine/core";
import type { ErrorComponentProps } from "@tanstack/react-router";
import { ProblemNote } from "../components/problem-note.tsx";
import classes from "./page-broke.module.css";

/** In the place of a page that could not be shown: its code did not load, or it has a bug. */
export function PageBroke({ error }: ErrorComponentProps) {
  return (
    <div className={classes["broke"]}>
      <title>Error · Snapdeck</title>
      <ProblemNote error={error}>
        <Button variant="default" onClick={() => window.location.reload()}>
          Reload
        </Button>
      </ProblemNote>
    </div>
  );
}

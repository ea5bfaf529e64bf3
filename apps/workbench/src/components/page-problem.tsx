import type { UseQueryResult } from "@tanstack/react-query";
import { OfflineError } from "../api/offline-error.ts";
import { ProblemError } from "../api/problem-error.ts";
import { Forbidden } from "./forbidden.tsx";
import classes from "./page-problem.module.css";
import { ProblemNote } from "./problem-note.tsx";
import { TextLink } from "./text-link.tsx";
import { useSlow } from "./use-slow.ts";

type Props = {
  readonly query: Pick<UseQueryResult<unknown>, "data" | "error" | "isFetching" | "refetch" | "isPending">;
};

/**
 * What stands between the reader and the data: that it takes long, that the role is another one, that it failed. When there is data
 * already it stays, and the failure is said above it.
 */
export function PageProblem({ query }: Props) {
  const slow = useSlow(query.isPending && query.error === null);
  const { error } = query;
  if (slow) return <p className={classes["slow"]}>The server takes longer than usual. Still waiting…</p>;
  if (error === null) return null;
  // The foot of the page says that the connection is lost and how old the data is; a second note would only push the data away.
  if (error instanceof OfflineError && query.data !== undefined) return null;
  if (error instanceof ProblemError && error.problem.code === "role-needed")
    return <Forbidden problem={error.problem} />;
  return (
    <div className={classes["problem"]}>
      <ProblemNote
        error={error}
        {...(query.data === undefined ? {} : { meaning: "What is shown below is the last that was read." })}
        onRetry={() => void query.refetch()}
      >
        {isGone(error) && <TextLink to="/">Go to the start</TextLink>}
      </ProblemNote>
    </div>
  );
}

function isGone(error: Error): boolean {
  return error instanceof ProblemError && error.problem.status === 404;
}

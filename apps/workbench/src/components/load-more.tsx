import type { UseInfiniteQueryResult } from "@tanstack/react-query";
import { BusyButton } from "./busy-button.tsx";
import classes from "./load-more.module.css";
import { ProblemNote } from "./problem-note.tsx";

type Props = {
  readonly query: Pick<
    UseInfiniteQueryResult<unknown>,
    "hasNextPage" | "isFetchingNextPage" | "isFetchNextPageError" | "fetchNextPage" | "error"
  >;
};

/** The way to what is older. */
export function LoadMore({ query }: Props) {
  if (!query.hasNextPage) return null;
  return (
    <div className={classes["more"]}>
      {query.isFetchNextPageError && <ProblemNote error={query.error} />}
      <BusyButton variant="default" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        Load more
      </BusyButton>
    </div>
  );
}

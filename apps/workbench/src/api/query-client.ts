import { QueryClient } from "@tanstack/react-query";
import { ProblemError } from "./problem-error.ts";

/** Tries a query again only where the server says that waiting may help; the live stream and polling do the rest. */
function retryQuery(failures: number, error: Error): boolean {
  return failures < 2 && error instanceof ProblemError && error.problem.retryable && error.problem.status >= 500;
}

/** All that the page knows of the server. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // A console on this very machine answers without any network, whatever the browser thinks of being online.
      networkMode: "always",
      retry: retryQuery,
      staleTime: 10_000,
    },
    mutations: { networkMode: "always", retry: false },
  },
});

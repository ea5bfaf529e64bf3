import type { Problem } from "@snapdeck/contract/problem";
import { IconLock } from "@tabler/icons-react";
import { EmptyState } from "./empty-state.tsx";
import { wordsOfProblem } from "./problem-words.ts";

/** In the place of a page that another role may see. */
export function Forbidden({ problem }: { readonly problem: Problem }) {
  const { what, detail, next } = wordsOfProblem(problem);
  return (
    <EmptyState icon={<IconLock size={28} aria-hidden />} title={what}>
      {detail} {next ?? "An admin can change your role on the Users page."}
    </EmptyState>
  );
}

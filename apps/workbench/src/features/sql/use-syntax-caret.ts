import { type RefObject, useCallback, useEffect, useRef } from "react";
import { ProblemError } from "../../api/problem-error.ts";
import type { SqlRun } from "./sql-desk.ts";
import { offsetOf, type SyntaxPlace, syntaxPlaces } from "./syntax-places.ts";

/**
 * Puts the caret of the editor at a place, with what is wrong there marked. By itself at the first of a script that was found malformed,
 * while the editor still holds that script.
 */
export function useSyntaxCaret(
  area: RefObject<HTMLTextAreaElement | null>,
  run: SqlRun | undefined,
): (place: SyntaxPlace) => void {
  const goTo = useCallback(
    (place: SyntaxPlace) => {
      const field = area.current;
      if (field === null) return;
      const from = offsetOf(field.value, place);
      field.focus();
      field.setSelectionRange(from, Math.min(field.value.length, from + place.length));
    },
    [area],
  );
  // What had failed when the page was opened was seen before.
  const seen = useRef(run);
  useEffect(() => {
    if (run === seen.current) return;
    seen.current = run;
    if (run?.state !== "failed" || run.sql !== area.current?.value) return;
    const problem = run.error instanceof ProblemError ? run.error.problem : undefined;
    const [first] = problem?.code === "sql-syntax" ? syntaxPlaces(problem.detail ?? "") : [];
    if (first !== undefined) goTo(first);
  }, [run, area, goTo]);
  return goTo;
}

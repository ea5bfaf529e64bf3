import { type RefObject, useLayoutEffect } from "react";
import { PAGE_HEADING_ID } from "./page-heading.ts";

/**
 * When the element goes while the focus is inside, as the row of a backup that was deleted does, the focus moves to the first
 * button of the row beside it, or else to the page's heading: from `body` a keyboard would have to start over.
 */
export function useFocusHandover(ref: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const element = ref.current;
    return () => {
      if (element === null || !element.contains(document.activeElement)) return;
      const beside = element.matches("tr") ? (element.nextElementSibling ?? element.previousElementSibling) : null;
      const next = beside?.querySelector("button") ?? document.getElementById(PAGE_HEADING_ID);
      next?.focus({ preventScroll: true });
    };
  }, [ref]);
}

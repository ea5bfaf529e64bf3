import { type RefObject, useLayoutEffect } from "react";
import { PAGE_HEADING_ID } from "./page-heading.ts";

/** Which neighbor is asked for a button to take the focus, in this order. */
type Beside = "next" | "previous";

/**
 * When the element goes while the focus is inside, as the row of a backup that was deleted does, hands the focus on: from `body` a
 * keyboard would have to start over. Without `beside` it goes to the page's heading.
 */
export function useFocusHandover(ref: RefObject<HTMLElement | null>, ...beside: readonly Beside[]): void {
  const order = beside.join();
  useLayoutEffect(() => {
    const element = ref.current;
    return () => {
      if (element === null || !element.contains(document.activeElement)) return;
      const next = order.split(",").map((side) => buttonBeside(element, side));
      (next.find((button) => button !== null) ?? document.getElementById(PAGE_HEADING_ID))?.focus({
        preventScroll: true,
      });
    };
  }, [ref, order]);
}

function buttonBeside(element: Element, side: string): HTMLElement | null {
  const sibling =
    side === "next" ? element.nextElementSibling : side === "previous" ? element.previousElementSibling : null;
  if (sibling === null) return null;
  return sibling instanceof HTMLButtonElement ? sibling : sibling.querySelector("button");
}

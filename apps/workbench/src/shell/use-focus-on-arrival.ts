import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { PAGE_HEADING_ID } from "../components/page-heading.ts";

/** Moves the focus to the heading of each page that is gone to, so that a reader hears where it is; not at the first page. */
export function useFocusOnArrival(): void {
  const router = useRouter();
  useEffect(
    () =>
      router.subscribe("onRendered", ({ fromLocation, pathChanged }) => {
        if (fromLocation === undefined || !pathChanged) return;
        document.getElementById(PAGE_HEADING_ID)?.focus();
        window.scrollTo(0, 0);
      }),
    [router],
  );
}

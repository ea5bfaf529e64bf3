import { type ReactNode, useLayoutEffect, useRef } from "react";
import classes from "./glide.module.css";

/** How long what follows takes to its new place, in milliseconds: long enough for the eye to keep the row it was reading. */
const GLIDE_MS = 180;

type Props = {
  /** What comes and goes. */
  readonly children: ReactNode;
  /** What stands below it. */
  readonly below: ReactNode;
};

/**
 * Something that changes its height while people read what stands below: that glides to its new place instead of jumping there.
 * What stands below is put in its place by a transform alone: the page is not laid out anew, and nothing in it shifts.
 */
export function Glide({ children, below }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const changing = useRef<HTMLDivElement>(null);
  const following = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (frame.current === null || changing.current === null || following.current === null) return undefined;
    const [whole, above, rest] = [frame.current, changing.current, following.current];
    let heightPx = 0;
    const place = (glides: boolean) => {
      const fromPx = heightPx;
      heightPx = Math.ceil(above.offsetHeight);
      if (heightPx === fromPx) return;
      const readPast = rest.getBoundingClientRect().top < 0;
      whole.style.setProperty("--above", `${heightPx}px`);
      // Who reads further down keeps the line they read where it is; a browser does that by itself only for what is laid out.
      if (readPast) window.scrollBy({ top: heightPx - fromPx, behavior: "instant" });
      else if (glides && !matchMedia("(prefers-reduced-motion: reduce)").matches) glide(above, rest, fromPx, heightPx);
    };
    place(false);
    // It is told between layout and paint: the step itself is never seen.
    const observer = new ResizeObserver(() => place(true));
    observer.observe(above);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={frame} className={classes["frame"]}>
      <div ref={changing} className={classes["changing"]}>
        {children}
      </div>
      <div ref={following} className={classes["following"]}>
        {below}
      </div>
    </div>
  );
}

function glide(above: HTMLElement, rest: HTMLElement, fromPx: number, toPx: number): void {
  const timing = { duration: GLIDE_MS, easing: "ease-out" };
  rest.animate([{ transform: `translateY(${fromPx}px)` }, { transform: `translateY(${toPx}px)` }], timing);
  if (toPx > fromPx) {
    // What is new shows as far as what follows has made way.
    above.animate([{ clipPath: `inset(-4px -4px ${toPx - fromPx}px)` }, { clipPath: "inset(-4px)" }], timing);
  }
}

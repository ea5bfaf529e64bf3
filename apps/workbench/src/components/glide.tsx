import { type ReactNode, useEffect, useRef } from "react";
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
 * Something that changes its height while people read what stands below: that glides to its new place instead of jumping there. It
 * is moved by transforms alone, so nothing is laid out again on the way.
 */
export function Glide({ children, below }: Props) {
  const changing = useRef<HTMLDivElement>(null);
  const following = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const above = changing.current;
    if (above === null) return undefined;
    let heightPx = above.offsetHeight;
    // It is told between layout and paint: the jump itself is never seen.
    const observer = new ResizeObserver(() => {
      const grewPx = above.offsetHeight - heightPx;
      heightPx = above.offsetHeight;
      if (grewPx === 0 || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
      const timing = { duration: GLIDE_MS, easing: "ease-out" };
      following.current?.animate([{ transform: `translateY(${-grewPx}px)` }, { transform: "none" }], timing);
      if (grewPx > 0)
        above.animate([{ clipPath: `inset(-4px -4px ${grewPx}px)` }, { clipPath: "inset(-4px)" }], timing);
    });
    observer.observe(above);
    return () => observer.disconnect();
  }, []);
  return (
    <>
      <div ref={changing} className={classes["changing"]}>
        {children}
      </div>
      <div ref={following}>{below}</div>
    </>
  );
}

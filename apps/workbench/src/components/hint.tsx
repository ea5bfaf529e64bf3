import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import classes from "./hint.module.css";
import { hintPlace } from "./hint-place.ts";

type Props = {
  /** One short sentence; undefined shows none. It is drawn for sighted readers; name or describe the target by ARIA where others need it too. */
  readonly label: ReactNode | undefined;
  readonly children: ReactNode;
};

/** How long the pointer rests before the hint shows, in milliseconds: a pointer that only passes shows none. */
const REST_MS = 150;

/**
 * A sentence beside what it is about, on hover, focus and touch (WCAG 1.4.13: Escape dismisses it, the pointer may rest on it, and
 * it stays as long as it is pointed at).
 */
export function Hint({ label, children }: Props) {
  const target = useRef<HTMLSpanElement>(null);
  const bubble = useRef<HTMLSpanElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [asked, setAsked] = useState(false);
  const shown = asked && label !== undefined;
  const id = useId();

  const show = (afterMs: number) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setAsked(true), afterMs);
  };
  const hide = () => {
    clearTimeout(timer.current);
    setAsked(false);
  };

  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    if (!shown || target.current === null || bubble.current === null) return undefined;
    const { current: tip } = bubble;
    // The top layer: no ancestor can cut it off.
    tip.showPopover();
    const { left, top } = hintPlace(target.current.getBoundingClientRect(), tip.getBoundingClientRect(), {
      width: document.documentElement.clientWidth,
      height: window.innerHeight,
    });
    tip.style.setProperty("left", `${left}px`);
    tip.style.setProperty("top", `${top}px`);
    const dismiss = () => setAsked(false);
    const onKey = (event: KeyboardEvent) => event.key === "Escape" && dismiss();
    document.addEventListener("keydown", onKey);
    window.addEventListener("scroll", dismiss, { capture: true, passive: true });
    return () => {
      document.removeEventListener("keydown", onKey);
      window.removeEventListener("scroll", dismiss, { capture: true });
    };
  }, [shown]);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only listens to what happens to the target inside.
    <span
      ref={target}
      className={classes["target"]}
      onPointerEnter={() => show(REST_MS)}
      onPointerLeave={hide}
      onFocus={(event) => event.target.matches(":focus-visible") && show(0)}
      onBlur={hide}
    >
      {children}
      {shown && (
        <span ref={bubble} id={id} popover="manual" className={classes["bubble"]} aria-hidden>
          {label}
        </span>
      )}
    </span>
  );
}

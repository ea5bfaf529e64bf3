import type { ComponentProps } from "react";
import classes from "./text-link.module.css";

/** A button that stands in a sentence and looks like a link. */
export function TextButton({ className, ...rest }: ComponentProps<"button">) {
  const own = `${classes["link"]} ${classes["button"]}`;
  return <button type="button" {...rest} className={className === undefined ? own : `${own} ${className}`} />;
}

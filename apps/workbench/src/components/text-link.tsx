import { createLink } from "@tanstack/react-router";
import type { ComponentProps } from "react";
import classes from "./text-link.module.css";

function StyledAnchor({ className, ...rest }: ComponentProps<"a">) {
  return <a {...rest} className={className === undefined ? classes["link"] : `${classes["link"]} ${className}`} />;
}

/** A link inside the page, typed by the routes. */
export const TextLink = createLink(StyledAnchor);

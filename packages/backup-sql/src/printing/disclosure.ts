/** Whether secrets are printed or masked. A masked statement can still be read, but not be run. */
export type Disclosure = "whole" | "redacted";

export const MASK = "***";

/** A location without what may be a password: the part before `@`, and all parameters. */
export function redactLocation(location: string): string {
  const parameters = location.search(/[?;]/);
  const address = parameters === -1 ? location : `${location.slice(0, parameters + 1)}${MASK}`;
  const at = address.lastIndexOf("@");
  const scheme = address.indexOf("//");
  return at === -1 ? address : `${scheme === -1 ? "" : address.slice(0, scheme + 2)}${MASK}${address.slice(at)}`;
}

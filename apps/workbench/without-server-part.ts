import type { Plugin } from "vite";

const ROUTES = /\/packages\/contract\/src\/routes\/\w+-routes\.ts$/;
/** What a route says for the server and its OpenAPI document alone, as the formatter writes it. */
const SERVER_PART = /^ {4}(?:summary: "[^"]*"|role: "\w+"|fresh: true|status: \d+|problems: \[[^\]]*\]),\n/gm;

/** Leaves out of the built page what only the server reads of the routes: their summaries, roles, statuses and problems. */
export function withoutServerPart(): Plugin {
  return {
    name: "snapdeck-without-server-part",
    apply: "build",
    // Before the types are taken away, and the lines with them.
    enforce: "pre",
    transform(code, id) {
      return ROUTES.test(id) ? { code: code.replace(SERVER_PART, ""), map: null } : undefined;
    },
  };
}

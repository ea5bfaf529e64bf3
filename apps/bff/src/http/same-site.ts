import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { RequestHandler } from "express";
import type { OriginPolicy } from "./origin-policy.ts";

/** Refuses every request that does not address us by a name of ours. */
export function ownHostOnly(origins: OriginPolicy): RequestHandler {
  return (request, _response, next) => {
    if (origins.allowsHost(request.headers.host)) return next();
    throw new SnapdeckError("cross-site", "the request names a host that this Snapdeck does not answer to", {
      hint: `Open ${origins.url}, or set publicOrigin to the address that browsers use.`,
    });
  };
}

/**
 * Refuses what another site made a browser send. Browsers name the origin with every request that changes something; a caller
 * that sends neither `Origin` nor `Sec-Fetch-Site` is no browser, and cannot be made to act for a user without knowing it. The
 * CSRF token is asked for besides.
 */
export function sameSiteOnly(origins: OriginPolicy): RequestHandler {
  return (request, _response, next) => {
    const { origin } = request.headers;
    const site = request.headers["sec-fetch-site"];
    const allowed =
      (origin === undefined || origins.allowsOrigin(origin)) && (site === undefined || site === "same-origin");
    if (allowed) return next();
    throw new SnapdeckError("cross-site", "a page of another site sent this request; nothing was changed", {
      hint: `Use the page at ${origins.url}.`,
    });
  };
}

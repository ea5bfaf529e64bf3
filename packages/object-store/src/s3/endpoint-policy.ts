import { isIP } from "node:net";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { kindOfAddress } from "./address-kind.ts";

/**
 * Origins of S3 servers that this server may call although they are in its own network or speak no TLS, such as
 * `http://10.0.0.5:9000`. They come from its configuration, never from whoever uses it. Everything else must be https, and
 * be reached through the open Internet.
 */
export type AllowedEndpoints = readonly string[];

/** An endpoint that was judged: where it is, and whether the configuration names it. */
export type JudgedEndpoint = { readonly url: URL; readonly isListed: boolean };

/**
 * Judges an endpoint by its text alone.
 * @throws {SnapdeckError} `bad-request` when it is no origin; `not-supported` when this server may not call it.
 */
export function judgeEndpoint(endpoint: string, allowed: AllowedEndpoints): JudgedEndpoint {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  const isOrigin =
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    url.hostname !== "" &&
    url.username + url.password + url.search + url.hash === "" &&
    url.pathname === "/";
  // What it holds besides may be a secret, so it is not repeated.
  if (!isOrigin) {
    throw new SnapdeckError(
      "bad-request",
      "the endpoint is not the origin of an S3 server, such as https://s3.example.com",
      {
        hint: "Give its host and, where it is not the usual one, its port; no user, no path.",
      },
    );
  }
  const isListed = allowed.some((origin) => URL.canParse(origin) && new URL(origin).origin === url.origin);
  const judged = { url, isListed };
  if (url.protocol === "http:" && !isListed) {
    throw refused(url, "it speaks no TLS");
  }
  const host = bareHost(url.hostname);
  if (isIP(host) !== 0) judgeAddress(judged, host);
  return judged;
}

/**
 * Judges an address that an endpoint's name stands for now. Clouds' metadata servers are refused whatever the configuration says.
 * @throws {SnapdeckError} `not-supported`
 */
export function judgeAddress({ url, isListed }: JudgedEndpoint, address: string): void {
  const kind = kindOfAddress(address);
  if (kind === "public" || (kind === "private" && isListed)) return;
  // Which address it was is not said: whoever may name endpoints would learn the names of a network that is not theirs.
  if (kind === "private") throw refused(url, "it is in a private network");
  throw new SnapdeckError("not-supported", `the endpoint ${url.origin} is nothing that this server may call`, {
    hint: "Give the address of an S3 server.",
  });
}

/** A host name as the system knows it: IPv6 addresses in URLs stand in brackets. */
export function bareHost(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}

function refused(url: URL, why: string): SnapdeckError {
  return new SnapdeckError("not-supported", `this server does not call the endpoint ${url.origin}: ${why}`, {
    hint: `If it is the right one, an administrator has to list ${url.origin} in the configuration.`,
  });
}

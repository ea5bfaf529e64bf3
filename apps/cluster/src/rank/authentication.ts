import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { EngineError } from "./engine-error.ts";

export type Credentials = { username: string; password: string };

/** Takes the same time whatever the texts are: the hashes have one length, and where they differ tells nothing. */
function isSame(given: string, expected: string): boolean {
  const hash = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(given), hash(expected));
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

function basicCredentials(authorization: string): Credentials | undefined {
  const encoded = /^Basic\s+(\S*)\s*$/i.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  const decoded = Buffer.from(encoded, "base64").toString("utf8");
  const colon = decoded.indexOf(":");
  if (colon === -1) return undefined;
  return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

/** The credentials of a request, by any of the three ways that ClickHouse has; undefined when it has none. */
function credentialsOf(headers: IncomingHttpHeaders, search: URLSearchParams): Credentials | undefined {
  const user = single(headers["x-clickhouse-user"]);
  const key = single(headers["x-clickhouse-key"]);
  const ways = [
    headers.authorization !== undefined,
    user !== undefined || key !== undefined,
    search.has("user") || search.has("password"),
  ];
  if (ways.filter(Boolean).length > 1) {
    const text = "Invalid authentication: it is not allowed to use more than one way to authenticate at a time";
    throw new EngineError(516, "AUTHENTICATION_FAILED", text);
  }
  if (headers.authorization !== undefined) {
    const basic = basicCredentials(headers.authorization);
    if (basic === undefined) {
      throw new EngineError(516, "AUTHENTICATION_FAILED", "Invalid authentication: only 'Basic' is supported");
    }
    return basic;
  }
  if (ways[1]) return { username: user ?? "default", password: key ?? "" };
  if (ways[2]) return { username: search.get("user") ?? "default", password: search.get("password") ?? "" };
  return undefined;
}

/**
 * Lets a request in, or throws: 194 (HTTP 401) when it brings no credentials, 516 (HTTP 403) when they are wrong. It does not
 * say which of the two was wrong.
 */
export function authenticate(headers: IncomingHttpHeaders, search: URLSearchParams, expected: Credentials): void {
  const given = credentialsOf(headers, search);
  if (given === undefined) {
    throw new EngineError(
      194,
      "REQUIRED_PASSWORD",
      "default: Authentication failed: a user name and a password are required",
    );
  }
  const isUser = isSame(given.username, expected.username);
  const isPassword = isSame(given.password, expected.password);
  if (!isUser || !isPassword) {
    const text = "Authentication failed: password is incorrect, or there is no user with such name";
    throw new EngineError(516, "AUTHENTICATION_FAILED", text);
  }
}

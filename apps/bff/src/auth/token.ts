import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** 256 random bits (OWASP ASVS 5.0, 7.2.3 asks for at least 128), as 43 characters that fit a cookie and an address. */
export function newToken(): string {
  return randomBytes(32).toString("base64url");
}

const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** Whether a text has the form of a token, so that nothing else is ever looked up. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** What is stored of a token. A plain hash serves: 256 random bits cannot be guessed, so nothing has to be slow. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** Compares two secrets in a time that tells nothing about where they differ. */
export function sameSecret(one: string, other: string): boolean {
  return timingSafeEqual(createHash("sha256").update(one).digest(), createHash("sha256").update(other).digest());
}

import { describe, expect, test } from "vitest";
import { SessionCookie } from "./session-cookie.ts";

describe("The session's cookie", () => {
  test("is for this host alone, over TLS alone, behind https", () => {
    expect(new SessionCookie("https://snapdeck.example").signedIn("t")).toBe(
      "__Host-snapdeck=t; Path=/; HttpOnly; Secure; SameSite=Strict",
    );
  });

  test("can be read by no script and goes to no other site, on loopback too", () => {
    expect(new SessionCookie("http://127.0.0.1:8000").signedIn("t")).toBe(
      "snapdeck-8000=t; Path=/; HttpOnly; SameSite=Strict",
    );
  });

  test("is taken away at sign-out", () => {
    expect(new SessionCookie("http://127.0.0.1:8000").signedOut()).toContain("snapdeck-8000=; Max-Age=0");
  });

  test("is found among others", () => {
    const cookie = new SessionCookie("http://127.0.0.1:8000");
    expect(cookie.read("a=b; snapdeck-8000=t; snapdeck-8001=u")).toBe("t");
    expect(cookie.read("snapdeck-8001=u")).toBeUndefined();
    expect(cookie.read(undefined)).toBeUndefined();
  });
});

import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { describe, expect, it } from "vitest";
import { findRoute, ROUTES } from "./routes.ts";

function codeOf(act: () => unknown): string | undefined {
  try {
    act();
  } catch (error) {
    if (error instanceof SnapdeckError) return error.code;
  }
  return undefined;
}

describe("addresses of the host manager", () => {
  it("are found, with the restore or trial they name", () => {
    expect(findRoute("GET", "/v1/status").route.path).toEqual(["v1", "status"]);
    expect(findRoute("POST", "/v1/restores/abc/commit")).toMatchObject({ operationId: "abc" });
    expect(findRoute("POST", "/v1/trials/abc/discard")).toMatchObject({ operationId: "abc" });
    expect(findRoute("GET", "/v1/restores/abc/endpoints").route.path[3]).toBe("endpoints");
  });

  it.each(["/", "/v1", "/v1/status/", "/v2/status", "/v1/restores/a/explode", "//v1/status"])("%s is none", (path) => {
    expect(codeOf(() => findRoute("GET", path))).toBe("route-not-found");
  });

  it("take their own methods only", () => {
    expect(codeOf(() => findRoute("POST", "/v1/status"))).toBe("method-not-allowed");
    expect(codeOf(() => findRoute("DELETE", "/v1/restores/abc"))).toBe("method-not-allowed");
  });

  it("need a token, all but the ping", () => {
    expect(ROUTES.filter((route) => route.isPublic).map((route) => route.path.join("/"))).toEqual(["v1/ping"]);
  });
});

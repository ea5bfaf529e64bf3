import { describe, expect, it } from "vitest";
import { isWithin, refuseStoreRoot, unsafeBecause } from "./private-directory.ts";

describe("a directory that is for us alone", () => {
  it("belongs to us and is closed to others", () => {
    expect(unsafeBecause({ uid: 1000, mode: 0o40700 }, 1000)).toBeUndefined();
  });

  it("is refused with the reason otherwise", () => {
    expect(unsafeBecause({ uid: 0, mode: 0o40700 }, 1000)).toContain("belongs to user 0");
    expect(unsafeBecause({ uid: 1000, mode: 0o40755 }, 1000)).toContain("mode 0755");
    expect(unsafeBecause({ uid: 1000, mode: 0o40710 }, 1000)).toContain("chmod 700");
  });
});

it("knows what stands inside what", () => {
  expect(isWithin("/a/b", "/a")).toBe(true);
  expect(isWithin("/a", "/a")).toBe(true);
  expect(isWithin("/ab", "/a")).toBe(false);
  expect(isWithin("/a", "/a/b")).toBe(false);
  expect(isWithin("/a/..b", "/a")).toBe(true);
});

describe("the store", () => {
  it.each([
    ["/", "the root of the file system"],
    ["/home/me", "the home directory"],
    ["/data/cluster", "inside the data directory"],
    ["/data/cluster/store", "inside the data directory"],
    ["/data", "holds the data directory"],
  ])("may not be %s", (storeRoot, reason) => {
    expect(() => refuseStoreRoot(storeRoot, "/data/cluster", "/home/me")).toThrow(reason);
  });

  it("may stand beside the cluster", () => {
    expect(() => refuseStoreRoot("/data/cluster-store", "/data/cluster", "/home/me")).not.toThrow();
  });
});

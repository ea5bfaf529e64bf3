import { describe, expect, test } from "vitest";
import { isInstallStale } from "./install.mjs";
import { tooOldMessage } from "./node-version.mjs";

describe("the check of Node's version", () => {
  test.each(["20.19.0", "20.20.2", "22.0.0", "24.1.0"])("lets Node %s pass", (version) => {
    expect(tooOldMessage(version)).toBeUndefined();
  });

  test.each(["20.18.3", "18.20.4", "12.22.0"])("names Node %s and what is needed", (version) => {
    expect(tooOldMessage(version)).toContain(`needs Node 20.19 or newer, and this is Node ${version}`);
  });
});

describe("the packages", () => {
  const a = { version: "1.0.0", integrity: "sha512-a" };
  const cases = [
    { name: "are missing when nothing was ever installed", locked: { a }, installed: undefined, stale: true },
    { name: "are there when they are what the lock names", locked: { "": {}, a }, installed: { a }, stale: false },
    {
      name: "are stale when one has another version",
      locked: { a },
      installed: { a: { ...a, version: "0.9.0" } },
      stale: true,
    },
    {
      name: "are stale when one has another content",
      locked: { a },
      installed: { a: { ...a, integrity: "b" } },
      stale: true,
    },
    { name: "are stale when one was added to the lock", locked: { a, b: a }, installed: { a }, stale: true },
    {
      name: "are there though one for another platform is not",
      locked: { a, "a-windows": { ...a, optional: true } },
      installed: { a },
      stale: false,
    },
  ];
  test.each(cases)("$name", ({ locked, installed, stale }) => {
    expect(isInstallStale(locked, installed)).toBe(stale);
  });
});

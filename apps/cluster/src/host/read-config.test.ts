import { describe, expect, it } from "vitest";
import { parseConfig } from "./read-config.ts";

describe("the configuration", () => {
  it("needs two directories and fills in the rest", () => {
    const config = parseConfig("a file", JSON.stringify({ clusterDir: "/c", storeRoot: "/s" }));
    expect(config).toEqual({
      clusterDir: "/c",
      storeRoot: "/s",
      backupRoots: [],
      clusterId: "local",
      name: "local",
      ranks: 1,
      listenHost: "127.0.0.1",
      port: 0,
      drainMs: 10_000,
      trialIdleMs: 600_000,
    });
  });

  it.each([
    ["", "not JSON"],
    ["{}", "clusterDir"],
    [JSON.stringify({ clusterDir: "/c", storeRoot: "/s", rnaks: 3 }), "rnaks"],
    [JSON.stringify({ clusterDir: "/c", storeRoot: "/s", ranks: 0 }), "ranks"],
    [JSON.stringify({ clusterDir: "/c", storeRoot: "/s", backupRoots: ["below"] }), "backupRoots"],
    [JSON.stringify({ clusterDir: "/c", storeRoot: "/s", listenHost: "0.0.0.0" }), "listenHost"],
  ])("%j is refused in words", (source, word) => {
    expect(() => parseConfig("a file", source)).toThrow(word);
  });
});

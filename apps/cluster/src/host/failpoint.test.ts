import { describe, expect, it } from "vitest";
import { failpoint, parseFailpoints } from "./failpoint.ts";

describe("failpoints", () => {
  it("are read from the environment, several at once", () => {
    expect([
      ...parseFailpoints("swap.afterMarker=kill,undo.rank0.afterLiveAside=throw,seal.beforeStop=delay:250"),
    ]).toEqual([
      ["swap.afterMarker", { kind: "kill" }],
      ["undo.rank0.afterLiveAside", { kind: "throw" }],
      ["seal.beforeStop", { kind: "delay", delayMs: 250 }],
    ]);
  });

  it.each(["swap.afterMarker", "swap.afterMarker=die", "=kill", "a b=kill", "a=delay:soon"])(
    "refuse %j: a misspelt one would test nothing",
    (text) => {
      expect(() => parseFailpoints(text)).toThrow(text);
    },
  );

  it("do nothing when nobody asked for them", async () => {
    await expect(failpoint("swap.afterMarker")).resolves.toBeUndefined();
  });
});

import { describe, expect, it } from "vitest";
import { failpoint, parseFailpoints } from "./failpoint.ts";

describe("failpoints", () => {
  it("are read from the environment, several at once", () => {
    expect([
      ...parseFailpoints("swap.afterMarker=kill,undo.rank0.afterLiveAside=throw,seal.beforeStop=delay:250"),
    ]).toEqual([
      ["swap.afterMarker", { kind: "kill", visit: 1 }],
      ["undo.rank0.afterLiveAside", { kind: "throw", visit: 1 }],
      ["seal.beforeStop", { kind: "delay", delayMs: 250, visit: 1 }],
    ]);
  });

  it("may stand still, and may wait for a later visit", () => {
    expect(parseFailpoints("seal.beforeStop=hang@3").get("seal.beforeStop")).toEqual({ kind: "hang", visit: 3 });
  });

  it("may hold on until whoever armed them lets go", () => {
    expect(parseFailpoints("backup.afterAck=hold").get("backup.afterAck")).toEqual({ kind: "hold", visit: 1 });
  });

  it.each(["swap.afterMarker", "swap.afterMarker=die", "=kill", "a b=kill", "a=delay:soon", "a=kill@0"])(
    "refuse %j: a misspelt one would test nothing",
    (text) => {
      expect(() => parseFailpoints(text)).toThrow(text);
    },
  );

  it("do nothing when nobody asked for them", async () => {
    await expect(failpoint("swap.afterMarker")).resolves.toBeUndefined();
  });
});

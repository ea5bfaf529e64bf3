import { describe, expect, it } from "vitest";
import { nextSwapStep, type SwapScene } from "./swap-step.ts";

/** What the two renames do, on paper. */
function apply(scene: SwapScene): SwapScene {
  const step = nextSwapStep(scene);
  if (step === "move-live-aside") return { live: false, incoming: scene.incoming, outgoing: true };
  if (step === "bring-incoming-in") return { live: true, incoming: false, outgoing: scene.outgoing };
  return scene;
}

describe("the next step of a swap", () => {
  it("leads from before to done in two renames, and stays there", () => {
    const before = { live: true, incoming: true, outgoing: false };
    const between = apply(before);
    const after = apply(between);
    expect([nextSwapStep(before), nextSwapStep(between), nextSwapStep(after)]).toEqual([
      "move-live-aside",
      "bring-incoming-in",
      "done",
    ]);
    expect(apply(after)).toEqual(after);
  });

  it("leads back to where it came from when the two sides are exchanged", () => {
    const done = { live: true, incoming: false, outgoing: true };
    const undo = { live: done.live, incoming: done.outgoing, outgoing: done.incoming };
    expect(nextSwapStep(undo)).toBe("move-live-aside");
  });

  it.each([
    { live: true, incoming: true, outgoing: true },
    { live: false, incoming: true, outgoing: false },
    { live: false, incoming: false, outgoing: true },
    { live: true, incoming: false, outgoing: false },
    { live: false, incoming: false, outgoing: false },
  ])("touches nothing that no step of a swap leaves: %j", (scene) => {
    expect(nextSwapStep(scene)).toBe("lost");
  });
});

import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { describe, expect, it } from "vitest";
import { refuseUnsupported, type SupportedObjects } from "./supported-objects.ts";

const SUPPORTED: SupportedObjects = {
  types: ["ALL", "TABLE"],
  reasons: new Map([
    ["USER", "nobody keeps them"],
    ["ROLE", "nobody keeps them"],
  ]),
};

function refusal(...types: Parameters<typeof refuseUnsupported>[0][number]["type"][]): SnapdeckError | undefined {
  try {
    refuseUnsupported(
      types.map((type) => ({ type })),
      SUPPORTED,
    );
    return undefined;
  } catch (thrown) {
    return thrown instanceof SnapdeckError ? thrown : undefined;
  }
}

describe("objects that a cluster cannot back up", () => {
  it("are refused together, with the reason once and what it can back up", () => {
    const refused = refusal("TABLE", "USER", "ROLE", "USER");
    expect(refused).toMatchObject({ code: "not-supported", hint: "OBJECTS may name ALL, TABLE." });
    expect(refused?.detail).toBe("this cluster backs up no USER, ROLE: nobody keeps them; nothing was changed");
  });

  it("are refused without a reason where there is none, and others are not", () => {
    expect(refusal("STREAM")?.detail).toBe("this cluster backs up no STREAM; nothing was changed");
    expect(refusal("TABLE", "ALL")).toBeUndefined();
  });
});

import { expect, it } from "vitest";
import { parseProcessStat } from "./process-identity.ts";

it("reads state and start time also when the name of the program holds brackets and spaces", () => {
  const stat = "4242 (a) Z (b) S 1 4242 4242 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 1000 200";
  expect(parseProcessStat(stat)).toEqual({ state: "S", startTicks: "987654" });
});

it("makes nothing of what is not a stat line", () => {
  expect(parseProcessStat("")).toBeUndefined();
});

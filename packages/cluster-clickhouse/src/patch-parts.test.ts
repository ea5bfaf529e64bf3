import { describe, expect, test } from "vitest";
import { hasUnappliedPatches } from "./patch-parts.ts";

const Y = "patch-1f6c5f04959b8d893f643a6f35b77625";
const DELETED = "patch-f18f7271629a324b0d26b6ad0b83a6c2";

// The names are those that the engine gave; whether its own RESTORE lost a change was seen there as well.
describe("Changes of rows wait in patch parts", () => {
  test.each([
    { what: "after an update", names: ["all_1_1_0", `${Y}-all_3_3_0_2`] },
    { what: "after an insert that followed the update", names: ["all_1_1_0", "all_4_4_0", `${Y}-all_3_3_0_2`] },
    { what: "after a second update", names: ["all_1_4_1_5", "all_6_6_0", `${Y}-all_3_3_0_2`, `${Y}-all_8_8_0_7`] },
    { what: "in one of three partitions", names: ["0_1_1_0", "1_2_2_0", "2_3_3_0", `${Y}-0_5_5_0_4`] },
    { what: "for one of two parts", names: ["all_1_1_0_4", "all_2_2_0", `${Y}-all_4_4_0_3`] },
    { what: "after a delete that wrote a patch", names: ["all_1_1_0_5", `${DELETED}-all_6_6_0_7`] },
    { what: "once the patches were merged", names: ["all_1_1_0", "all_2_2_0", `${Y}-all_4_12_1_11`] },
    { what: "after a merge that applied none", names: ["all_1_5_2", `${Y}-all_4_4_0_3`] },
    { what: "in a replacing table", names: ["all_1_1_1", `${Y}-all_3_3_0_2`] },
    { what: "in a partition with signs in its name", names: ["-1-2_2_2_0", `${Y}--1-2_4_4_0_3`] },
  ])("$what", ({ names }) => {
    expect(hasUnappliedPatches(names)).toBe(true);
  });

  test.each([
    { what: "where there are none", names: ["all_1_1_0", "all_2_2_0_3"] },
    { what: "once they were applied", names: ["all_1_4_1_5", `${Y}-all_3_3_0_2`] },
    { what: "once a merge took them in", names: ["all_1_4_1_2", `${Y}-all_3_3_0_2`] },
    { what: "for what was inserted later", names: ["all_1_4_1_5", "all_6_6_0", `${Y}-all_3_3_0_2`] },
    { what: "once an ordinary mutation took them in", names: ["all_1_1_0_11", "all_8_8_0_11", `${Y}-all_10_10_0_9`] },
    { what: "for partitions that are gone", names: ["1_2_2_0", `${Y}-0_5_5_0_4`] },
    {
      what: "once patches of several kinds were merged in",
      names: ["all_1_2_1_11", `${Y}-all_4_12_1_11`, `${DELETED}-all_6_6_1_5`],
    },
    { what: "in a partition with signs in its name that took them in", names: ["-1-2_2_2_0_5", `${Y}--1-2_4_4_0_3`] },
    { what: "in files of other engines", names: ["count.txt", "data.bin", "mutations"] },
  ])("but not $what", ({ names }) => {
    expect(hasUnappliedPatches(names)).toBe(false);
  });
});

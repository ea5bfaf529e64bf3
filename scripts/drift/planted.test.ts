import { describe, expect, test } from "vitest";
import { PLANTED_BUGS } from "../../e2e/faults/planted/bugs.mjs";
import { edited } from "../checks/planted-build.mjs";
import { readTracked, trackedFiles } from "./tracked-files.ts";

const files = trackedFiles();

describe("a planted bug", () => {
  test.each(PLANTED_BUGS.map((bug) => [bug.title, bug] as const))("can still be planted: %s", (_, { edits }) => {
    const changed = new Map<string, string>();
    for (const edit of edits) {
      const before = changed.get(edit.file) ?? readTracked(edit.file);
      const after = edited(before, edit);
      expect(after).not.toBe(before);
      changed.set(edit.file, after);
    }
  });

  test.each(PLANTED_BUGS.map((bug) => [bug.title, bug] as const))("names cases to find it: %s", (_, bug) => {
    expect(bug.caughtBy.length).toBeGreaterThan(0);
    expect(files).toEqual(expect.arrayContaining(bug.cases.map((file) => `e2e/faults/${file}`)));
  });
});

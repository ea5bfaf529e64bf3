import { type JobKind, PHASES } from "@snapdeck/contract/job";
import { describe, expect, test } from "vitest";
import { coexists, lockModeOf } from "./lock-mode.ts";

const kinds = Object.keys(PHASES) as JobKind[];
const alone: JobKind[] = ["restore", "suspend", "resume"];

describe("the cluster's lock", () => {
  test.each(kinds)("I23: %s is alone on the cluster exactly when it replaces data or changes processes", (kind) => {
    expect(lockModeOf(kind)).toBe(alone.includes(kind) ? "exclusive" : "shared");
  });

  test.each(alone.flatMap((held) => kinds.map((asked) => ({ held, asked }))))(
    "$asked does not start beside $held",
    ({ held, asked }) => {
      expect(coexists(asked, held)).toBe(false);
      expect(coexists(held, asked)).toBe(false);
    },
  );

  test("there is one backup at a time", () => expect(coexists("backup", "backup")).toBe(false));
  test("several backups can be deleted at once", () => expect(coexists("delete-backup", "delete-backup")).toBe(true));
  test("an old backup can be deleted while a new one is taken", () =>
    expect(coexists("delete-backup", "backup")).toBe(true));
});

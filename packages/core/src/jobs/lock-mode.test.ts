import { type JobKind, JobWork, PHASES } from "@snapdeck/contract/job";
import { describe, expect, test } from "vitest";
import { coexists, disputeTrial, lockModeOf } from "./lock-mode.ts";

const kinds = Object.keys(PHASES) as JobKind[];
const alone: JobKind[] = ["restore", "undo-restore", "suspend", "resume"];
const aside: JobKind[] = ["verify-backup", "check-store"];

describe("the cluster's lock", () => {
  test.each(kinds)("I23: %s is alone on the cluster exactly when it replaces data or changes processes", (kind) => {
    expect(lockModeOf(kind) === "exclusive").toBe(alone.includes(kind));
  });

  test.each(alone.flatMap((held) => kinds.filter((asked) => !aside.includes(asked)).map((asked) => ({ held, asked }))))(
    "$asked does not start beside $held",
    ({ held, asked }) => {
      expect(coexists(asked, held)).toBe(false);
      expect(coexists(held, asked)).toBe(false);
    },
  );

  test.each(aside.flatMap((asked) => kinds.filter((held) => held !== asked).map((held) => ({ held, asked }))))(
    "$asked only reads the store, so it goes on beside $held",
    ({ held, asked }) => {
      expect(coexists(asked, held)).toBe(true);
      expect(coexists(held, asked)).toBe(true);
    },
  );

  test("several backups can be verified at once, and the store is checked once at a time", () => {
    expect(coexists("verify-backup", "verify-backup")).toBe(true);
    expect(coexists("check-store", "check-store")).toBe(false);
  });

  test("one backup at a time is tried out, whichever others are read meanwhile", () => {
    const verify = (backupId: string, level: "L2" | "L3") => JobWork.parse({ kind: "verify-backup", backupId, level });
    expect(disputeTrial(verify("b-2", "L3"), verify("b-1", "L3"))).toBe(true);
    expect(disputeTrial(verify("b-2", "L2"), verify("b-1", "L3"))).toBe(false);
    expect(disputeTrial(verify("b-2", "L3"), verify("b-1", "L2"))).toBe(false);
    expect(disputeTrial(verify("b-2", "L3"), { kind: "suspend" })).toBe(false);
  });

  test("there is one backup at a time", () => expect(coexists("backup", "backup")).toBe(false));
  test("several backups can be deleted at once", () => expect(coexists("delete-backup", "delete-backup")).toBe(true));
  test("an old backup can be deleted while a new one is taken", () =>
    expect(coexists("delete-backup", "backup")).toBe(true));
});

import { describe, expect, test } from "vitest";
import { Findings } from "./findings.ts";

const missing = (subject: string, backup = "local/b-1") =>
  ({ invariant: "I1", kind: "file-missing", subject, backup, detail: "is not there" }) as const;

describe("What a look finds", () => {
  test("is named once, however often it is met", () => {
    const findings = new Findings();
    for (let time = 0; time < 3; time += 1) findings.broken(missing("x"));
    expect([...findings.all().values()]).toEqual([missing("x")]);
  });

  test("is named a hundred times for each backup and kind, and then counted", () => {
    const findings = new Findings();
    for (let file = 0; file < 250; file += 1) findings.broken(missing(`file-${file}`));
    findings.broken(missing("other", "local/b-2"));
    const all = [...findings.all().values()];
    expect(all).toHaveLength(102);
    expect(all.find(({ subject }) => subject === "local/b-1")?.detail).toBe("150 more like those named (file-missing)");
  });
});

import { expect, test } from "vitest";
import { refusalMeaning } from "./refusal-meaning.ts";

const sent = { sentAtMs: 1, startedAtMs: 1 };

test("A refused script says that none of its statements was run, or that the first was the last", () => {
  const script = { ...sent, sql: "DROP TABLE a;\nSELECT 1" };
  expect(refusalMeaning("sign-in-too-old", script)).toBe("No statement was run.");
  expect(refusalMeaning("engine-failed", script)).toBe("No statement behind the first one was run.");
  expect(refusalMeaning("engine-failed", { ...sent, sql: "SELECT 1;\n" })).toBeUndefined();
});

test("One that was refused when it went on ran before, as far as it came", () => {
  expect(refusalMeaning("sign-in-too-old", { sql: "SELECT 1", sentAtMs: 1, startedAtMs: 2 })).toBe(
    "Nothing further of the script was run.",
  );
});

import { describe, expect, test } from "vitest";
import { redact, shortMessage } from "./engine-error.ts";

describe("What the engine says when it fails", () => {
  // Recorded from chdb 3.4.0 (engine 26.7.2.1).
  const recorded =
    "Code: 36. DB::Exception: Cannot start backup with ID 'my-id-1' because there is another backup with the same ID. (BAD_ARGUMENTS)";

  test("is shown as its own sentence", () => {
    expect(shortMessage(recorded)).toBe(
      "Cannot start backup with ID 'my-id-1' because there is another backup with the same ID. (BAD_ARGUMENTS)",
    );
  });

  test("is shown on one line, without a trace, and not for pages", () => {
    expect(shortMessage("Exception: it\n broke\n\nStack trace:\n0. DB::f() @ 0x1")).toBe("it broke");
    expect(shortMessage("x".repeat(5_000))).toHaveLength(300);
  });

  test.each([
    ["http://user:pa55@host/x", "pa55"],
    ["S3('http://h/b', 'AKIAIOSFODNN7EXAMPLE', 's3cr3t') failed", "s3cr3t"],
    ["key AKIAIOSFODNN7EXAMPLE is denied", "AKIAIOSFODNN7EXAMPLE"],
    ["CREATE NAMED COLLECTION nc AS password = 'pa55'", "pa55"],
    ["cannot read /etc/snapdeck/master.key", "/etc/snapdeck"],
  ])("%j is shown without its secret", (text, secret) => {
    expect(redact(text)).not.toContain(secret);
  });
});

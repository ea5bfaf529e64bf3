import { describe, expect, test } from "vitest";
import { meaningOf, meaningOfOperation, redact, shortMessage } from "./engine-error.ts";

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
    ["S3('http://h/b', 'id', 's3(cr)3\\'t') failed: (x)", "3t"],
    ["key AKIAIOSFODNN7EXAMPLE is denied", "AKIAIOSFODNN7EXAMPLE"],
    ["CREATE NAMED COLLECTION nc AS password = 'pa55'", "pa55"],
    ["cannot read /etc/snapdeck/master.key", "/etc/snapdeck"],
  ])("%j is shown without its secret", (text, secret) => {
    expect(redact(text)).not.toContain(secret);
  });
});

describe("An error of the engine", () => {
  // Recorded from chdb 3.4.0 (engine 26.7.2.1) against Swift.
  test.each([
    [
      "Failed to check existence of key b/.backup in bucket c: No response body.. HTTP response code: 507, error type: UNKNOWN.",
      "disk-full",
      /space/,
    ],
    [
      "Failed to check existence of key b/.backup in bucket c: No response body.. HTTP response code: 403, error type: ACCESS_DENIED. Please check your AWS credentials and permissions.",
      "store-unavailable",
      /credential/,
    ],
    [
      "Failed to check existence of key b/.backup in bucket c: Poco::Exception. Code: 1000, e.code() = 104, Connection reset by peer. HTTP response code: 18446744073709551615, error type: NETWORK_CONNECTION.",
      "store-unavailable",
      /answers/,
    ],
    ["words of the server: while reading key: b/1/.backup, from bucket: backups-1", "store-unavailable", /answers/],
    ["Not enough privileges. (ACCESS_DENIED)", "engine-failed", /log/],
    ["No space left on device", "disk-full", /space/],
  ])("%j says what to do", (message, code, hint) => {
    expect(meaningOf(message)).toMatchObject({ code, hint: expect.stringMatching(hint) });
  });
});

describe("What a BACKUP or RESTORE failed with", () => {
  // Recorded from chdb 3.4.0 (engine 26.7.2.1), with a proxy before Swift that harms what it hands on.
  test.each([
    [
      "A concurrent backup writing to the same destination S3('http://s/b/chain/17/rank-0/tom-0/log', [hidden]) detected. (BACKUP_ALREADY_EXISTS)",
      "store-unavailable",
      /answers/,
    ],
    ["Poco::Exception. Code: 1000, e.code() = 104, Connection reset by peer", "store-unavailable", /answers/],
    [
      "Poco::Exception. Code: 1000, e.code() = 0, SAXParseException: Unclosed token in line 1 column 8",
      "store-unavailable",
      /VERIFY BACKUP/,
    ],
    [
      "Attempt to read after EOF, left to copy 384 bytes. (ATTEMPT_TO_READ_AFTER_EOF)",
      "store-unavailable",
      /VERIFY BACKUP/,
    ],
    ["A concurrent backup writing to the same destination File('/x') detected.", "engine-failed", /log/],
    ["No space left on device: Connection reset", "disk-full", /space/],
  ])("%j is told as a failure of whom it is", (message, code, hint) => {
    expect(meaningOfOperation(message)).toMatchObject({ code, hint: expect.stringMatching(hint) });
  });

  test("is not told of what users ask for", () => {
    expect(meaningOf("Poco::Exception. Code: 1000, e.code() = 104, Connection reset by peer").code).toBe(
      "engine-failed",
    );
  });
});

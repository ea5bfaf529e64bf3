import { describe, expect, test } from "vitest";
import { createLog, redactText } from "./log.ts";

describe("The log", () => {
  const secrets = [
    { name: "the name and password in an address", text: "GET http://root:hunter2@10.0.0.7/x", secret: "hunter2" },
    { name: "an access key of AWS", text: "key AKIAIOSFODNN7EXAMPLE was refused", secret: "AKIAIOSFODNN7EXAMPLE" },
    { name: "an authorization header", text: 'authorization: "Bearer abc.def-ghi123"', secret: "abc.def-ghi123" },
    { name: "a bearer token", text: "sent Bearer abcdefgh12345678", secret: "abcdefgh12345678" },
    {
      name: "a password in a statement",
      text: "CREATE USER a IDENTIFIED BY x, password = 'hunter2'",
      secret: "hunter2",
    },
    { name: "a secret key in settings", text: "secret_access_key=abc/def", secret: "abc/def" },
    { name: "a signed address", text: "http://s3/x?X-Amz-Signature=abcdef&y=1", secret: "abcdef" },
  ];
  test.each(secrets)("leaves out $name", ({ text, secret }) => {
    expect(redactText(text)).not.toContain(secret);
    expect(redactText(text)).toContain("[redacted]");
  });

  test("leaves ordinary words alone", () => {
    const text = "the password is wrong for http://127.0.0.1:8123/ping";
    expect(redactText(text)).toBe(text);
  });

  test("leaves out fields that hold secrets, and secrets in what an error was caused by", () => {
    const lines: string[] = [];
    const log = createLog("info", { write: (line: string) => lines.push(line) });
    const cause = new Error("http://a:hunter4@b");
    const err = new Error("no", { cause });
    log.info({ password: "hunter1", user: { csrfToken: "hunter2", passwordHash: "hunter3" }, err }, "x");
    expect(lines.join("")).not.toContain("hunter");
  });
});

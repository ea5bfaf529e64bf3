import type { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { describe, expect, test } from "vitest";
import { judgeAddress, judgeEndpoint } from "./endpoint-policy.ts";

function refusal(work: () => unknown): Partial<SnapdeckError> {
  try {
    work();
  } catch (thrown) {
    return thrown as SnapdeckError;
  }
  return {};
}

describe("An endpoint", () => {
  test.each([
    "https://s3.eu-west-1.amazonaws.com",
    "https://minio.example.com:9000",
    "https://minio.example.com:9000/",
    "https://8.8.8.8",
    "https://[2600:1f18::1]:9000",
  ])("%s may be called as it stands", (endpoint) => {
    expect(judgeEndpoint(endpoint, [])).toMatchObject({ isListed: false });
  });

  test.each([
    "http://s3.example.com",
    "https://127.0.0.1:9000",
    "https://127.1",
    "https://2130706433",
    "https://0x7f.0.0.1",
    "https://017700000001",
    "https://[::1]",
    "https://[::ffff:127.0.0.1]",
    "https://[0:0:0:0:0:ffff:7f00:1]",
    "https://10.0.0.1",
    "https://192.168.1.1",
    "https://169.254.169.254",
    "https://[fd00:ec2::254]",
    "https://0.0.0.0",
    "https://100.100.100.200",
  ])("%s is refused when the configuration does not name it", (endpoint) => {
    expect(refusal(() => judgeEndpoint(endpoint, [])).code).toBe("not-supported");
  });

  test.each(["http://127.0.0.1:9000", "http://minio.internal:9000", "https://10.0.0.5", "http://[::1]:9000"])(
    "%s may be called once the configuration names it, on this port and in this way only",
    (endpoint) => {
      expect(judgeEndpoint(endpoint, [endpoint])).toMatchObject({ isListed: true });
      const { protocol, hostname } = new URL(endpoint);
      const elsewhere = `${protocol}//${hostname}:9999`;
      expect(refusal(() => judgeAddress(judgeEndpoint(elsewhere, [endpoint]), "127.0.0.1")).code).toBe("not-supported");
    },
  );

  test.each(["http://169.254.169.254", "http://[fd00:ec2::254]", "http://0.0.0.0:9000", "http://168.63.129.16"])(
    "%s is refused whatever the configuration says",
    (endpoint) => {
      const { code, hint } = refusal(() => judgeEndpoint(endpoint, [endpoint]));
      expect(code).toBe("not-supported");
      expect(hint).not.toContain("configuration");
    },
  );

  test.each([
    "",
    "minio",
    "s3://host",
    "ftp://host",
    "file:///etc/passwd",
    "https://",
    "https://canary-key:canary-secret@host",
    "https://host/canary-path",
    "https://host/?canary=1",
    "https://host/#canary",
  ])("%s is none, and is not repeated", (endpoint) => {
    const { code, detail } = refusal(() => judgeEndpoint(endpoint, [endpoint]));
    expect(code).toBe("bad-request");
    expect(detail).not.toContain("canary");
  });

  test("whose name stands for a private address is refused without telling which", () => {
    const { code, detail, hint } = refusal(() => judgeAddress(judgeEndpoint("https://a.example.com", []), "10.1.2.3"));
    expect(code).toBe("not-supported");
    expect(`${detail}${hint}`).not.toContain("10.1.2.3");
    expect(hint).toContain("https://a.example.com");
  });
});

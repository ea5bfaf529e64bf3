import { describe, expect, test } from "vitest";
import { kindOfAddress } from "./address-kind.ts";

describe("An address", () => {
  test.each([
    "8.8.8.8",
    "93.184.215.14",
    "52.219.0.1",
    "100.128.0.1",
    "172.32.0.1",
    "192.169.0.1",
    "2600:1f18::1",
    "2a00:1450:4001::8a",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
  ])("%s is public", (address) => expect(kindOfAddress(address)).toBe("public"));

  test.each([
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.1.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd12:3456::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "0:0:0:0:0:ffff:10.0.0.1",
    "64:ff9b::a00:1",
    "64:ff9b:1::a00:1",
  ])("%s is private", (address) => expect(kindOfAddress(address)).toBe("private"));

  test.each([
    "169.254.169.254",
    "169.254.170.2",
    "168.63.129.16",
    "100.100.100.200",
    "192.0.0.192",
    "fd00:ec2::254",
    "fd20:ce::254",
    "::ffff:169.254.169.254",
    "::ffff:a9fe:a9fe",
    "64:ff9b::a9fe:a9fe",
  ])("%s is a cloud's metadata server", (address) => expect(kindOfAddress(address)).toBe("metadata"));

  test.each([
    "0.0.0.0",
    "0.1.2.3",
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "::",
    "ff02::1",
    "::ffff:0.0.0.0",
    "",
    "host",
    "1.2.3",
    "127.1",
  ])("%s is nobody's", (address) => expect(kindOfAddress(address)).toBe("none"));
});

import { BlockList, isIPv4, isIPv6 } from "node:net";

/**
 * `metadata`: a cloud's own servers, which hand out credentials to whoever asks from inside. `none`: no host can have it. `private`:
 * loopback, link-local and private networks, and whatever else is not reached through the open Internet.
 */
export type AddressKind = "public" | "private" | "metadata" | "none";

/** Amazon, Azure (both), Alibaba, Oracle, Amazon's containers, then Amazon and Google over IPv6. From their own manuals. */
const METADATA = [
  "169.254.169.254",
  "168.63.129.16",
  "169.254.170.2",
  "169.254.170.23",
  "100.100.100.200",
  "192.0.0.192",
];
const METADATA_6 = ["fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254"];

/** IANA's registries of special-purpose addresses (RFC 6890 and its successors), but for what they call globally reachable. */
const PRIVATE: [network: string, prefix: number][] = [
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
];
const NONE: [network: string, prefix: number][] = [
  ["0.0.0.0", 8],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];
/** What IPv6 has given out to the open Internet; all else is private, or nobody's. */
const GLOBAL_6: [network: string, prefix: number] = ["2000::", 3];
const PRIVATE_6: [network: string, prefix: number][] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];
const NONE_6: [network: string, prefix: number][] = [
  ["::", 128],
  ["ff00::", 8],
];
/** IPv6 addresses that stand for the IPv4 address in their last 32 bits: mapped, compatible, and two kinds of NAT64. */
const EMBEDDING: [network: string, prefix: number][] = [
  ["::ffff:0:0", 96],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 96],
];

const listOf = (type: "ipv4" | "ipv6", networks: [string, number][]) => {
  const list = new BlockList();
  for (const [network, prefix] of networks) list.addSubnet(network, prefix, type);
  return list;
};
const single =
  (prefix: number) =>
  (address: string): [string, number] => [address, prefix];

const metadata = listOf("ipv4", METADATA.map(single(32)));
const none = listOf("ipv4", NONE);
const privates = listOf("ipv4", PRIVATE);
const metadata6 = listOf("ipv6", METADATA_6.map(single(128)));
const none6 = listOf("ipv6", NONE_6);
const privates6 = listOf("ipv6", PRIVATE_6);
const global6 = listOf("ipv6", [GLOBAL_6]);
const embedding = listOf("ipv6", EMBEDDING);

/** What an address in its numeric form is. What is no address is `none`. */
export function kindOfAddress(address: string): AddressKind {
  if (isIPv4(address)) {
    if (metadata.check(address)) return "metadata";
    if (none.check(address)) return "none";
    return privates.check(address) ? "private" : "public";
  }
  // A zone, as in fe80::1%eth0, is this machine's own affair: only link-local addresses have one.
  const [bare = ""] = address.split("%");
  if (!isIPv6(bare)) return "none";
  if (embedding.check(bare, "ipv6")) return kindOfAddress(lastFourBytes(bare));
  if (metadata6.check(bare, "ipv6")) return "metadata";
  if (none6.check(bare, "ipv6")) return "none";
  return global6.check(bare, "ipv6") && !privates6.check(bare, "ipv6") ? "public" : "private";
}

function lastFourBytes(address: string): string {
  // The URL parser brings every way of writing it into one, with hexadecimal groups at the end.
  const groups = new URL(`http://[${address}]`).hostname.slice(1, -1).split(":");
  const [high, low] = groups.slice(-2).map((group) => Number.parseInt(group || "0", 16));
  return [high, low].flatMap((word = 0) => [word >> 8, word & 255]).join(".");
}

import { describe, expect, test } from "vitest";
import { EngineChecksum } from "./engine-checksum.ts";

/** Bytes that repeat late, so that blocks differ. */
function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * 131 + (at >> 8) * 7 + 5) & 255);
}

const checksum = (bytes: Uint8Array) => new EngineChecksum().update(bytes).hex();

/** Of `pattern`, as the C++ text of CityHash 1.0.2 in ClickHouse computes them, block after block of 2,048 bytes. */
const VECTORS: [sizeBytes: number, checksum: string][] = [
  [0, "00000000000000000000000000000000"],
  [1, "2cd2db8ee319c477b0cbad9981c9dfcc"],
  [2, "68d51c737411434b05f8ab5062182896"],
  [3, "d08ea8673d8aaec8ea2f34c49cb93c6f"],
  [4, "d73f6d47dd3cfd311c3d7aa34a4a5ecb"],
  [7, "d1520ace300a23e52e2d15a9028083fe"],
  [8, "a230a06bdb212d68c640d2d3629ca4c1"],
  [9, "76880516eb56b4e2f79a513cc4b6694e"],
  [15, "654e06ccf6f20ad9427994a981269b64"],
  [16, "e786ff3fc4443c80f4c776e672c0e1b8"],
  [17, "0d656efb9ea4ad597a9b0c06bdf7320d"],
  [31, "dc88633dc413d108cb6028ea4d7347f7"],
  [32, "73e3a1d69ab96322f73ec7cc04888f8e"],
  [33, "7a0ea860d0abadf65b090c17b490e9c7"],
  [64, "7fd69f70f280083ee48b8c6a7f5f1eca"],
  [127, "1692022509c98b8bf5986436719f0905"],
  [128, "32385aba9caee4c4de00b2eff326f931"],
  [129, "3ee49ac7eead5fff900f1cdf73cdaeff"],
  [159, "78f50fb7c307ad60371304a61b7a10c4"],
  [160, "d4ce999940eb447b5b587c63bd20084d"],
  [161, "3f7a1c9475e6d110deaaa254c5a34dfd"],
  [255, "03adca13607f00f4cbb972bb056f4525"],
  [256, "2a3d2feb1439394e171b1f00915a192f"],
  [2047, "56038b6392415753ddd97ddff75dfa57"],
  [2048, "e89a612ec6512a4a5fb09f7e2e0cdcea"],
  [2049, "d60d3173d8317567dd58154e8ff3774c"],
  [4096, "9d00b99d9e8bde21481087887a1cbcc7"],
  [6145, "cb652c38d9fc85415b6df018823ddf54"],
  [100000, "158da71756fd8fe046f78438068875d3"],
];

describe("The engine's checksum", () => {
  test.each(VECTORS)("of %i bytes is what the engine's own code computes", (sizeBytes, expected) => {
    expect(checksum(pattern(sizeBytes))).toBe(expected);
  });

  test("does not depend on the pieces in which the bytes come", () => {
    const bytes = pattern(20_000);
    for (const pieceBytes of [1, 3, 127, 2_047, 2_048, 2_049, 4_096, 10_000, 19_999]) {
      const whole = new EngineChecksum();
      for (let at = 0; at < bytes.length; at += pieceBytes) whole.update(bytes.subarray(at, at + pieceBytes));
      expect(whole.hex(), `${pieceBytes} bytes at a time`).toBe(checksum(bytes));
    }
  });

  test("of more bytes than the module takes at once is that of all of them", () => {
    const bytes = pattern(3 * 1024 * 1024 + 17);
    const pieces = new EngineChecksum();
    for (let at = 0; at < bytes.length; at += 100_000) pieces.update(bytes.subarray(at, at + 100_000));
    expect(checksum(bytes)).toBe(pieces.hex());
  });

  test("can be asked for on the way, and of several files at once", () => {
    const bytes = pattern(10_000);
    const [one, other] = [new EngineChecksum(), new EngineChecksum()];
    one.update(bytes.subarray(0, 2_049));
    other.update(bytes.subarray(0, 100));
    expect(one.hex()).toBe(checksum(bytes.subarray(0, 2_049)));
    one.update(bytes.subarray(2_049));
    expect(other.update(new Uint8Array(0)).hex()).toBe(checksum(bytes.subarray(0, 100)));
    expect(one.hex()).toBe(checksum(bytes));
  });

  test("tells a byte that was flipped anywhere, and bytes that are swapped or missing", () => {
    const bytes = pattern(5_000);
    const seen = new Set([checksum(bytes), checksum(bytes.subarray(1)), checksum(bytes.subarray(0, -1))]);
    for (let at = 0; at < bytes.length; at += 7) {
      const flipped = bytes.slice();
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      seen.add(checksum(flipped));
    }
    expect(seen.size).toBe(3 + Math.ceil(bytes.length / 7));
  });
});

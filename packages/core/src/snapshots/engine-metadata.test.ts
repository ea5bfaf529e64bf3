import { SnapshotId } from "@snapdeck/contract/snapshot-file";
import { describe, expect, test } from "vitest";
import { parsePrinted } from "../checks/engine-model.ts";
import type { EngineMetadata } from "./engine-metadata.ts";
import { printEngineMetadata } from "./print-engine-metadata.ts";
import { knownFiles, snapshotContent } from "./snapshot-content.ts";

const SUM = (digit: string) => digit.repeat(32);
const METADATA: EngineMetadata = {
  uuid: "d4b3baff-fbcb-4ce6-9aa4-ecfeb4501eea",
  timestamp: "2026-11-22 14:00:00",
  deduplicated: true,
  base: { locator: "S3('http://host/bucket/a&b')", uuid: "1f48a0d7-047b-4c45-b0f3-8287a17f77ce" },
  files: [
    { name: "data/a/log/x.bin", sizeBytes: 12, checksum: SUM("a"), base: { sizeBytes: 8, checksum: SUM("b") } },
    { name: "data/a/t/p1/x.bin", sizeBytes: 5, checksum: SUM("c"), base: { sizeBytes: 5, checksum: SUM("c") } },
    { name: "data/a/t/p2/<x>&.bin", sizeBytes: 5, checksum: SUM("d"), dataFile: "folded/7/x.bin" },
    { name: "data/a/t/p2/empty", sizeBytes: 0 },
  ],
};

describe("The engine's metadata", () => {
  test("is written as the engine writes it", () => {
    expect(printEngineMetadata({ ...METADATA, files: METADATA.files.slice(0, 2) })).toBe(
      "<config><version>1</version><deduplicate_files>1</deduplicate_files><timestamp>2026-11-22 14:00:00</timestamp>" +
        "<uuid>d4b3baff-fbcb-4ce6-9aa4-ecfeb4501eea</uuid><base_backup>S3('http://host/bucket/a&amp;b')</base_backup>" +
        "<base_backup_uuid>1f48a0d7-047b-4c45-b0f3-8287a17f77ce</base_backup_uuid><contents>" +
        `<file><name>data/a/log/x.bin</name><size>12</size><checksum>${SUM("a")}</checksum><use_base>true</use_base>` +
        `<base_size>8</base_size><base_checksum>${SUM("b")}</base_checksum></file>` +
        `<file><name>data/a/t/p1/x.bin</name><size>5</size><checksum>${SUM("c")}</checksum><use_base>true</use_base></file>` +
        "</contents></config>",
    );
  });

  test("says the same when it is read again", () => {
    expect(parsePrinted(printEngineMetadata(METADATA))).toEqual(METADATA);
    const { base = { locator: "", uuid: "" } } = METADATA;
    const onS3: EngineMetadata = { ...METADATA, base: { ...base, copiesCredentials: true } };
    expect(parsePrinted(printEngineMetadata(onS3))).toEqual(onS3);
  });

  test.each(["a\0b", "a\u0007b", "a\uffff"])("holds no name that XML has no spelling for, such as %j", (name) => {
    expect(() => printEngineMetadata({ ...METADATA, files: [{ name, sizeBytes: 0 }] })).toThrow(RangeError);
  });
});

describe("What a snapshot holds", () => {
  const folder = "rank-0/tom-0";
  const id = SnapshotId.parse(2);
  const [before, kept] = [
    SnapshotId.parse(1),
    { snapshotId: SnapshotId.parse(1), name: "data/a/old.bin", sizeBytes: 8 },
  ];
  const base = knownFiles(
    [
      { folder, name: "data/a/old.bin", sizeBytes: 8, checksum: SUM("b"), parts: [kept] },
      { folder, name: "p", sizeBytes: 5, checksum: SUM("c"), parts: [{ snapshotId: before, name: "p", sizeBytes: 5 }] },
      { folder: "rank-1/tom-0", name: "q", sizeBytes: 9, checksum: SUM("e"), parts: [] },
    ],
    folder,
  );

  test("is put together of what its base held, whatever it was called there, and its own", () => {
    expect(snapshotContent(id, folder, METADATA, base).map(({ parts }) => parts)).toEqual([
      [kept, { snapshotId: id, name: "data/a/log/x.bin", sizeBytes: 4 }],
      [{ snapshotId: before, name: "p", sizeBytes: 5 }],
      [{ snapshotId: id, name: "folded/7/x.bin", sizeBytes: 5 }],
      [],
    ]);
  });

  test("is refused when its base does not hold what it takes from there", () => {
    expect(() => snapshotContent(id, folder, METADATA, new Map())).toThrow(
      expect.objectContaining({ code: "backup-unusable" }),
    );
  });

  test("is refused when the engine would restore it wrong: equal files, put together differently", () => {
    const [grown] = METADATA.files;
    const twin = { name: "data/a/other/x.bin", sizeBytes: 12, checksum: SUM("a") };
    const ambiguous = { ...METADATA, files: [...(grown === undefined ? [] : [grown]), twin] };
    expect(() => snapshotContent(id, folder, ambiguous, base)).toThrow(/other\/x\.bin has the bytes of another file/);
  });
});

import { describe, expect, test } from "vitest";
import { parseEngineMetadata } from "./engine-metadata.ts";

/** As chdb 3.4.0 (engine 26.7.2.1) wrote it with `deduplicate_files = 0`, shortened to a few files. */
const RECORDED =
  "<config><version>1</version><deduplicate_files>0</deduplicate_files><timestamp>2026-11-22 14:24:46</timestamp>" +
  "<uuid>5636eaa6-0a3f-428b-8e11-d0486aad83f6</uuid><backup_id>b</backup_id><contents>" +
  "<file><name>data/default/t/all_1_1_0/a.bin</name><size>4453252</size><checksum>cc0fd71df4434e744edaff481c6e0001</checksum></file>" +
  "<file><name>data/shop/lnk/0_1_1_0/s.bin</name><size>0</size></file>" +
  "<file><name>metadata/shop/we%20ird%25%2E%2Ftab.sql</name><size>77</size><checksum>cc0fd71df4434e744edaff481c6e0002</checksum></file>" +
  "</contents></config>";

const parse = (text: string) => parseEngineMetadata(new TextEncoder().encode(text));
const withFile = (file: string) => `<config><contents><file>${file}</file></contents></config>`;
const named = (name: string) => withFile(`<name>${name}</name><size>1</size>`);

describe("The engine's list of a backup's files", () => {
  test("is read as the engine writes it", () => {
    expect(parse(RECORDED)).toEqual([
      { name: "data/default/t/all_1_1_0/a.bin", sizeBytes: 4_453_252, checksum: "cc0fd71df4434e744edaff481c6e0001" },
      { name: "data/shop/lnk/0_1_1_0/s.bin", sizeBytes: 0 },
      { name: "metadata/shop/we%20ird%25%2E%2Ftab.sql", sizeBytes: 77, checksum: "cc0fd71df4434e744edaff481c6e0002" },
    ]);
  });

  test("tells of files that share the bytes of another", () => {
    const file = "<name>a/count.txt</name><size>4</size><checksum>5543aca87958eb6e928f7fb486ee924f</checksum>";
    expect(parse(withFile(`${file}<data_file>b/count.txt</data_file>`))).toMatchObject([{ dataFile: "b/count.txt" }]);
  });

  test.each([
    { name: "a name that leads up", text: named("../x") },
    { name: "a name with fewer ups than its depth", text: named("data/a/../../x") },
    { name: "an absolute name", text: named("/etc/passwd") },
    { name: "a doubled slash", text: named("data//x") },
    { name: "a backslash", text: named("data\\x") },
    { name: "a dot segment", text: named("data/./x") },
    { name: "an empty name", text: named("") },
    { name: "no name", text: withFile("<size>1</size>") },
    {
      name: "the same name twice",
      text: `<config><contents>${"<file><name>a</name><size>1</size></file>".repeat(2)}</contents></config>`,
    },
    { name: "two names in one file", text: withFile("<name>a</name><name>b</name><size>1</size>") },
    { name: "a size that is no number", text: withFile("<name>a</name><size>-1</size>") },
    { name: "a size beyond all disks", text: withFile(`<name>a</name><size>${"9".repeat(30)}</size>`) },
    { name: "bytes from another backup", text: withFile("<name>a</name><size>1</size><use_base>1</use_base>") },
    { name: "an element that is not known", text: withFile("<name>a</name><size>1</size><reference>x</reference>") },
    { name: "an attribute", text: withFile('<name href="x">a</name><size>1</size>') },
    { name: "a document type", text: `<!DOCTYPE config><config></config>` },
    { name: "an entity of its own", text: `<!DOCTYPE c [<!ENTITY e "x">]>${named("&e;")}` },
    { name: "an entity nobody declared", text: named("&e;") },
    { name: "another root", text: "<html></html>" },
    { name: "deep nesting", text: withFile("<name><a>x</a></name><size>1</size>") },
    { name: "half of itself", text: RECORDED.slice(0, -40) },
    { name: "nothing", text: "" },
  ])("is refused with $name", ({ text }) => {
    expect(() => parse(text)).toThrow();
  });

  test("is refused when it is not UTF-8", () => {
    expect(() => parseEngineMetadata(Uint8Array.of(0x3c, 0xff, 0xfe))).toThrow();
  });
});

import { describe, expect, test } from "vitest";
import { metadataReader } from "./metadata-reader.ts";

const SUM = "fbddc5b9e7fd30206d96b7da49e2f9ef";
const BASE_SUM = "1f611353fb2867e846b42c993acbbadd";
const UUID = "179d84c9-6321-4de9-99dc-459118ab427b";
const BASE_UUID = "4704d177-8b02-403f-b761-7a363b877b72";

const parse = (text: string) => metadataReader.parse(new TextEncoder().encode(text));
const head = (base: string) =>
  `<version>1</version><deduplicate_files>1</deduplicate_files><timestamp>2026-11-22 21:26:13</timestamp><uuid>${UUID}</uuid><backup_id>y1</backup_id>${base}`;
const BASE = `<base_backup>File('/b/1/rank-0/tom-0/parts')</base_backup><base_backup_uuid>${BASE_UUID}</base_backup_uuid>`;
const based = (file: string, base = BASE) =>
  `<config>${head(base)}<contents><file><name>a</name>${file}</file></contents></config>`;
const whole = `<size>9</size><checksum>${SUM}</checksum>`;
const partly = `<use_base>true</use_base><base_size>4</base_size><base_checksum>${BASE_SUM}</base_checksum>`;

describe("The engine's account of a backup that builds on another", () => {
  test("tells what it builds on, and which bytes of each file stand there", () => {
    expect(parse(based(`${whole}<use_base>true</use_base>`))).toEqual({
      uuid: UUID,
      timestamp: "2026-11-22 21:26:13",
      deduplicated: true,
      base: { locator: "File('/b/1/rank-0/tom-0/parts')", uuid: BASE_UUID },
      files: [{ name: "a", sizeBytes: 9, checksum: SUM, base: { sizeBytes: 9, checksum: SUM } }],
    });
    expect(parse(based(whole + partly)).files).toMatchObject([{ base: { sizeBytes: 4, checksum: BASE_SUM } }]);
    expect(parse(based(`${whole}<data_file>b</data_file>`)).files).toMatchObject([{ dataFile: "b" }]);
    expect(parse(based("<size>0</size>", "")).files).toEqual([{ name: "a", sizeBytes: 0 }]);
  });

  test.each([
    { name: "no uuid of its own", text: based(whole).replace(UUID, "x") },
    { name: "a base without a uuid", text: based(whole, "<base_backup>File('x')</base_backup>") },
    {
      name: "a uuid of a base that it does not name",
      text: based(whole, `<base_backup_uuid>${UUID}</base_backup_uuid>`),
    },
    { name: "bytes of a base where there is none", text: based(`${whole}<use_base>true</use_base>`, "") },
    { name: "more bytes in the base than in the file", text: based((whole + partly).replace(">4<", ">10<")) },
    { name: "no bytes in the base", text: based((whole + partly).replace(">4<", ">0<")) },
    {
      name: "half of what it takes from the base",
      text: based((whole + partly).replace(/<base_size>4<\/base_size>/, "")),
    },
    {
      name: "bytes of a base that it does not use",
      text: based((whole + partly).replace("<use_base>true</use_base>", "")),
    },
    { name: "bytes without a checksum", text: based("<size>9</size>") },
    { name: "a checksum of nothing", text: based(`<size>0</size><checksum>${SUM}</checksum>`) },
    { name: "a name that leads up", text: based(whole).replace("<name>a<", "<name>../a<") },
    { name: "a place that leads up", text: based(`${whole}<data_file>../a</data_file>`) },
    { name: "two heads", text: based(whole).replace("<version>1", "<uuid>x</uuid><version>1") },
    { name: "a document type", text: `<!DOCTYPE config>${based(whole)}` },
    {
      name: "a file twice",
      text: based(whole).replace("</contents>", `<file><name>a</name>${whole}</file></contents>`),
    },
  ])("is refused with $name", ({ text }) => {
    expect(() => parse(text)).toThrow();
  });
});

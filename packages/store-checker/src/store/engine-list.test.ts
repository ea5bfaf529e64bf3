import { describe, expect, test } from "vitest";
import { Pace } from "../pace.ts";
import { parseEngineList } from "./engine-list.ts";

const parse = (text: string) => parseEngineList(new TextEncoder().encode(text), new Pace());
const listing = (files: string) => `<config><version>1</version><contents>${files}</contents></config>`;
const file = (elements: string) => listing(`<file>${elements}</file>`);
const named = (name: string) => file(`<name>${name}</name><size>1</size>`);
const SUM = "cc0fd71df4434e744edaff481c6e0001";

describe("The engine's list of files", () => {
  test("gives each file its size, its checksum and where its bytes are", async () => {
    const text = listing(
      `<file><name>data/a.bin</name><size>7</size><checksum>${SUM}</checksum></file>\n` +
        "<file><name>data/empty</name><size>0</size></file>" +
        `<file><name>data/b.bin</name><size>7</size><checksum>${SUM}</checksum><data_file>data/a.bin</data_file></file>` +
        `<file><name>data/we%20ird &amp; ✓</name><size>1</size><checksum>${SUM}</checksum></file>`,
    );
    expect([...(await parse(text))]).toEqual([
      ["data/a.bin", { sizeBytes: 7, checksum: SUM }],
      ["data/empty", { sizeBytes: 0 }],
      ["data/b.bin", { sizeBytes: 7, checksum: SUM, bytesIn: "data/a.bin" }],
      ["data/we%20ird & ✓", { sizeBytes: 1, checksum: SUM }],
    ]);
  });

  test("is read whole, in whatever pieces its bytes come", async () => {
    const files = Array.from({ length: 5_000 }, (_, at) => `<file><name>data/ü${at}</name><size>${at}</size></file>`);
    expect((await parse(listing(files.join("")))).size).toBe(5_000);
  });

  test.each([
    ["a name that leads up", named("../x")],
    ["a name with fewer ups than its depth", named("data/a/../../x")],
    ["an absolute name", named("/etc/passwd")],
    ["a doubled slash", named("data//x")],
    ["a backslash", named("data\\x")],
    ["an empty name", named("")],
    ["no name", file("<size>1</size>")],
    ["a name twice", listing("<file><name>a</name><size>1</size></file>".repeat(2))],
    ["two names of one file", file("<name>a</name><name>b</name><size>1</size>")],
    ["no size", file("<name>a</name>")],
    ["a negative size", file("<name>a</name><size>-1</size>")],
    ["a size beyond all disks", file(`<name>a</name><size>${"9".repeat(30)}</size>`)],
    ["half a checksum", file("<name>a</name><size>1</size><checksum>cc0f</checksum>")],
    ["bytes from another backup", file("<name>a</name><size>1</size><use_base>1</use_base>")],
    ["another backup as its base", "<config><base_backup>File('x')</base_backup><contents></contents></config>"],
    ["bytes in a file that is not there", file("<name>a</name><size>1</size><data_file>b</data_file>")],
    ["bytes in a file outside", file("<name>a</name><size>1</size><data_file>../b</data_file>")],
    ["an element that is not known", file("<name>a</name><size>1</size><reference>x</reference>")],
    ["an attribute", file('<name href="x">a</name><size>1</size>')],
    ["text where none belongs", listing("x")],
    ["a document type", "<!DOCTYPE config><config><contents></contents></config>"],
    ["a processing instruction", "<?php x ?><config><contents></contents></config>"],
    ["an entity that nobody declared", named("&e;")],
    ["another root", "<html></html>"],
    ["two roots", `${listing("")}${listing("")}`],
    ["two lists", "<config><contents></contents><contents></contents></config>"],
    ["deep nesting", file("<name><a>x</a></name><size>1</size>")],
    ["half of itself", named("a").slice(0, -20)],
    ["no list", "<config></config>"],
    ["nothing", ""],
  ])("is refused with %s", async (_, text) => {
    await expect(parse(text)).rejects.toThrow();
  });

  test("is refused when it is no UTF-8", async () => {
    await expect(parseEngineList(Uint8Array.of(0x3c, 0xff), new Pace())).rejects.toThrow();
  });
});

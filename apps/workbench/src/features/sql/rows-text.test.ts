import { expect, test } from "vitest";
import { csvOf, numericColumns } from "./rows-text.ts";

const ROWS = {
  columns: ["id", "name", "rest"],
  rows: [
    ["18446744073709551615", 'a "b", c', null],
    [2, "two\nlines", null],
  ],
};

test("Copied rows are CSV with a line of names: quotes doubled, NULL empty, no digit lost", () => {
  expect(csvOf(ROWS)).toBe('id,name,rest\r\n18446744073709551615,"a ""b"", c",\r\n2,"two\nlines",');
});

test("A column stands to the right when all that is in it are numbers, also those that come as text", () => {
  expect(numericColumns(ROWS)).toEqual([true, false, false]);
});

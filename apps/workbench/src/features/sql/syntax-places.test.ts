import { expect, test } from "vitest";
import { offsetOf, syntaxPlaces } from "./syntax-places.ts";

const DETAIL = [
  "line 2, column 8: no such clause (found OBJEKTS; expected OBJECTS)",
  "  2 | a line | OBJEKTS ^^",
  "    |          ^^^^^^^",
  "line 3, column 1: no statement begins like this (found BAKCUP)",
  "no statement was run",
].join("\n");

test("Each error of a malformed script has its place, with the length that is underlined", () => {
  expect(syntaxPlaces(DETAIL)).toEqual([
    { line: 2, column: 8, length: 7 },
    { line: 3, column: 1, length: 0 },
  ]);
  expect(syntaxPlaces("there is no statement")).toEqual([]);
});

test("A place is found in the script by line and column, and one behind its end is the end", () => {
  const script = "SHOW\nBAKCUP x";
  expect(offsetOf(script, { line: 1, column: 1, length: 0 })).toBe(0);
  expect(offsetOf(script, { line: 2, column: 8, length: 1 })).toBe(script.indexOf("x"));
  expect(offsetOf(script, { line: 9, column: 9, length: 0 })).toBe(script.length);
});

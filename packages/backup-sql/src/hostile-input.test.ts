import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arbitraryOwnStatement } from "../tests/arbitrary-statement.ts";
import { errorsOf } from "../tests/one-statement.ts";
import { splitScript } from "./lexing/split-script.ts";
import { backupLexer } from "./lexing/tokens.ts";
import { MAX_ERRORS, MAX_SCRIPT_LENGTH, MAX_STATEMENT_LENGTH } from "./limits.ts";
import { parseScript } from "./parse-script.ts";
import { printRedacted, printStatement } from "./print-statement.ts";
import { renderSqlError } from "./sql-syntax-error.ts";

/** What opens, closes and escapes, so that random texts get far. */
const nasty = fc
  .array(
    fc.constantFrom(
      "'",
      '"',
      "`",
      "$",
      "$a$",
      "$$",
      "\\",
      "/*",
      "*/",
      "--",
      "# ",
      "//",
      "\n",
      ";",
      "‘",
      "’",
      "(",
      ")",
      "=",
      ",",
      ".",
      "*",
      " ",
      "a",
      "1",
      "BACKUP ",
      "CREATE ",
      "CREDENTIAL ",
      "DATA SINK ",
      "WITH OPTIONS (",
      "INSERT INTO t FORMAT CSV ",
      "CREATE PROCEDURE ",
      "BEGIN ",
      "END ",
      "DESC ",
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(""));

const anything = fc.oneof(
  nasty,
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => new TextDecoder("latin1").decode(bytes)),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => new TextDecoder().decode(bytes)),
  fc.tuple(arbitraryOwnStatement.map(printStatement), nasty, fc.nat()).map(([text, part, at]) => {
    const place = at % (text.length + 1);
    return text.slice(0, place) + part + text.slice(place);
  }),
);

describe("whatever the input", () => {
  test("a script is accepted or refused with errors that have a place", () => {
    fc.assert(
      fc.property(anything, (text) => {
        const script = parseScript(text);
        if (script.outcome === "accepted") {
          for (const { statement, span } of script.statements) {
            if (statement.kind === "foreign") expect(text.slice(span.start, span.end)).toBe(statement.text);
            printRedacted(statement);
          }
          return;
        }
        for (const error of script.errors) {
          expect(error.span.start).toBeLessThanOrEqual(text.length);
          expect(error.span.end).toBeGreaterThanOrEqual(error.span.start);
          expect(error.line).toBeGreaterThanOrEqual(1);
          expect(error.column).toBeGreaterThanOrEqual(1);
          expect(renderSqlError(error).split("\n").length).toBeLessThanOrEqual(4);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test("an error forges no line and moves no cursor", () => {
    fc.assert(
      fc.property(anything, (text) => {
        for (const error of errorsOf(text))
          expect(renderSqlError(error).replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e]/u);
      }),
      { numRuns: 500 },
    );
  });

  test("the work of cutting it grows with its length only", () => {
    fc.assert(
      fc.property(anything, fc.integer({ min: 1, max: 50 }), (text, times) => {
        const script = text.repeat(times);
        expect(splitScript(script).steps).toBeLessThanOrEqual(WORST_STEPS * script.length);
      }),
      { numRuns: 1_000 },
    );
  });

  test("a statement has no more tokens than characters", () => {
    fc.assert(
      fc.property(anything, (text) => {
        const { tokens, errors } = backupLexer.tokenize(text);
        expect(errors).toEqual([]);
        expect(tokens.length).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 500 },
    );
  });
});

/** Each character is looked at once to tell whose statement it is in, once to find its end; a lexeme may be read ahead for both. */
const WORST_STEPS = 12;

describe("a megabyte", () => {
  test.each([
    ["of opening parentheses", "("],
    ["of opening parentheses in a statement", "BACKUP b (", "("],
    ["of semicolons", ";"],
    ["of quotes", "'"],
    ["of escaped quotes", "\\'"],
    ["of double quotes", 'x "'],
    ["of comments that open", "/*"],
    ["of dollar signs", "$"],
    ["of dollar signs and letters", "$a"],
    ["of statements", "a;"],
    ["of broken statements", "BACKUP;"],
    ["of words", "BACKUP "],
    ["of an INSERT that does not end", "INSERT INTO t (a) "],
    ["of procedures", "CREATE PROCEDURE p BEGIN "],
  ])("%s is read in bounded steps", (_name, start, more = start) => {
    const text = start + more.repeat((MAX_SCRIPT_LENGTH - start.length) / more.length);
    expect(splitScript(text).steps).toBeLessThanOrEqual(WORST_STEPS * text.length);
    const script = parseScript(text);
    if (script.outcome === "refused") expect(script.errors.length).toBeLessThanOrEqual(MAX_ERRORS);
  });

  test("of heredoc tags of which none is repeated is read in bounded steps", () => {
    let text = "SELECT ";
    for (let tag = 0; text.length < MAX_SCRIPT_LENGTH - 20; tag += 1) text += `$${tag.toString(36)}$ ;`;
    expect(splitScript(text).steps).toBeLessThanOrEqual(WORST_STEPS * text.length);
  });

  test.each([
    ["unknown options", "BACKUP b DATA SINK = s WITH OPTIONS (x = 1", ", x = 1", ")"],
    ["untyped objects", "CREATE BACKUP b DATA SINK = s OBJECTS (x", ", x", ")"],
    ["clauses", "BACKUP b", " DATA SINK s", ""],
    ["commas", "CREATE SCHEMA s", ", CASCADE", ""],
    ["words that might be a type of object", "CREATE BACKUP b DATA SINK = s OBJECTS (x", " x", ")"],
    ["words that might be a secret", "CREATE CREDENTIAL c x", " = x", ""],
  ])("of %s in one statement ends in a few errors", (_name, start, more, end) => {
    const text = start + more.repeat((MAX_STATEMENT_LENGTH - start.length - end.length) / more.length) + end;
    const errors = errorsOf(text);
    expect(errors.length).toBeGreaterThan(0);
    expect(errors.length).toBeLessThanOrEqual(MAX_ERRORS);
  });
});

describe("what is too long", () => {
  test("is refused: a script", () => {
    expect(errorsOf("(".repeat(MAX_SCRIPT_LENGTH + 1)).map(renderSqlError)).toEqual([
      "line 1, column 1: the script has 1048577 characters, and may have 1048576\nhint: Load rows with the engine's own client, and name the schema (ALL = name) instead of each of its tables.",
    ]);
    expect(parseScript("(".repeat(MAX_SCRIPT_LENGTH)).outcome).toBe("accepted");
  });

  test("is refused: a statement of the backup dialect", () => {
    const text = `SELECT 1;\nSHOW BACKUP ${"b".repeat(MAX_STATEMENT_LENGTH)} DATA SOURCE = s`;
    expect(errorsOf(text)).toMatchObject([{ code: "too-long", line: 2, column: 1, excerpt: "" }]);
  });
});

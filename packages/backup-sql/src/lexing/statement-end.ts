import type { Lexeme } from "./scanner.ts";

/** What one lexeme means for where its statement ends. `data` follows it up to the end of the script. */
export type Verdict = "goes on" | "ends" | "data";

/** Watches the lexemes of one statement, spaces and comments left out, `word` being in upper case. */
export type EndWatch = (lexeme: Lexeme, word: string) => Verdict;

export function watchFor(words: readonly string[]): EndWatch {
  const [first, second, third, fourth] = words;
  if (first === "INSERT") return insertWatch();
  if (first !== "CREATE") return semicolonWatch;
  return second === "PROCEDURE" || (second === "OR" && third === "REPLACE" && fourth === "PROCEDURE")
    ? procedureWatch()
    : semicolonWatch;
}

const semicolonWatch: EndWatch = (_lexeme, word) => (word === ";" ? "ends" : "goes on");

/** The statements in a procedure's body are its own: it ends at the semicolon behind the END of its BEGIN. */
function procedureWatch(): EndWatch {
  let depth = 0;
  return (lexeme, word) => {
    if (lexeme.kind === "word" && (word === "BEGIN" || word === "CASE")) depth += 1;
    if (lexeme.kind === "word" && word === "END") depth -= 1;
    return word === ";" && depth <= 0 ? "ends" : "goes on";
  };
}

/** Words after which FORMAT is the name of a table. */
const NAMES_TABLE = new Set(["INTO", "TABLE", "FUNCTION", "."]);
/** Formats whose data is written as SQL is, and ends at a semicolon. */
const SQL_FORMATS = new Set(["VALUES", "NULL"]);

/**
 * The rows behind INSERT ... FORMAT are in that format, not in SQL: what ends them only the engine knows, so they take the
 * rest of the script. VALUES is SQL and ends at a semicolon, and so does INSERT ... SELECT unless it reads `input(...)`.
 */
function insertWatch(): EndWatch {
  let depth = 0;
  let bringsData = true;
  let previous = "";
  return (lexeme, word) => {
    const before = previous;
    previous = word;
    if (word === ";") return "ends";
    if (word === "(") depth += 1;
    if (word === ")") depth -= 1;
    if (lexeme.kind !== "word") return "goes on";
    if (word === "INPUT") bringsData = true;
    if (depth > 0) return "goes on";
    if (word === "SELECT" || word === "WITH" || word === "VALUES" || word === "INFILE") bringsData = false;
    const isFormat = before === "FORMAT" && bringsData && !SQL_FORMATS.has(word);
    if (word === "FORMAT" && NAMES_TABLE.has(before)) previous = "";
    return isFormat ? "data" : "goes on";
  };
}

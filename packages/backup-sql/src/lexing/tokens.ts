import { type CustomPatternMatcherReturn, createToken, Lexer, type TokenType } from "chevrotain";
import { dialectCommentExtent, type Extent, quotedExtent } from "./extents.ts";

/** Any bare word. Keywords are words too, so that each of them can be a name. */
export const Word = createToken({ name: "Word", pattern: Lexer.NA });
const PlainWord = createToken({ name: "PlainWord", pattern: /[A-Za-z_#][\w#]*/, categories: Word });

function keyword(name: string): TokenType {
  return createToken({ name, label: name, pattern: new RegExp(name, "i"), longer_alt: PlainWord, categories: Word });
}

export const KEYWORDS = {
  alter: keyword("ALTER"),
  backup: keyword("BACKUP"),
  cascade: keyword("CASCADE"),
  create: keyword("CREATE"),
  credential: keyword("CREDENTIAL"),
  data: keyword("DATA"),
  describe: keyword("DESCRIBE"),
  desc: keyword("DESC"),
  drop: keyword("DROP"),
  exists: keyword("EXISTS"),
  external: keyword("EXTERNAL"),
  identity: keyword("IDENTITY"),
  if: keyword("IF"),
  location: keyword("LOCATION"),
  merge: keyword("MERGE"),
  not: keyword("NOT"),
  objects: keyword("OBJECTS"),
  options: keyword("OPTIONS"),
  or: keyword("OR"),
  password: keyword("PASSWORD"),
  property: keyword("PROPERTY"),
  purge: keyword("PURGE"),
  replace: keyword("REPLACE"),
  restore: keyword("RESTORE"),
  schema: keyword("SCHEMA"),
  secret: keyword("SECRET"),
  set: keyword("SET"),
  show: keyword("SHOW"),
  sink: keyword("SINK"),
  source: keyword("SOURCE"),
  type: keyword("TYPE"),
  user: keyword("USER"),
  verify: keyword("VERIFY"),
  with: keyword("WITH"),
} as const;

export const keywordNames: ReadonlySet<string> = new Set(Object.values(KEYWORDS).map(({ name }) => name));

export function isKeyword(word: string): boolean {
  return keywordNames.has(word.toUpperCase());
}

export const LeftParenthesis = createToken({ name: "LeftParenthesis", label: "(", pattern: "(" });
export const RightParenthesis = createToken({ name: "RightParenthesis", label: ")", pattern: ")" });
export const Comma = createToken({ name: "Comma", label: ",", pattern: "," });
export const Equals = createToken({ name: "Equals", label: "=", pattern: "=" });
export const Dot = createToken({ name: "Dot", label: ".", pattern: "." });
export const Star = createToken({ name: "Star", label: "*", pattern: "*" });
export const NumberLiteral = createToken({ name: "NumberLiteral", label: "a number", pattern: /[+-]?\d+(?:\.\d+)?/ });

/** A pattern over an extent that must, or must not, have been closed. */
function extentPattern(extentAt: (text: string, start: number) => Extent | undefined, closed: boolean) {
  return (text: string, start: number): CustomPatternMatcherReturn | null => {
    const extent = extentAt(text, start);
    return extent?.closed === closed ? [text.slice(start, extent.end)] : null;
  };
}

const textAt = (text: string, start: number) =>
  text[start] === "'" ? quotedExtent(text, start, "'", false) : undefined;

function nameAt(text: string, start: number): Extent | undefined {
  const quote = text[start];
  return quote === '"' || quote === "`" ? quotedExtent(text, start, quote, false) : undefined;
}

function token(name: string, at: (text: string, start: number) => Extent | undefined, closed: boolean, hint: string[]) {
  return createToken({ name, pattern: extentPattern(at, closed), line_breaks: true, start_chars_hint: hint });
}

export const TextLiteral = token("TextLiteral", textAt, true, ["'"]);
export const QuotedName = token("QuotedName", nameAt, true, ['"', "`"]);
export const OpenText = token("OpenText", textAt, false, ["'"]);
export const OpenName = token("OpenName", nameAt, false, ['"', "`"]);
export const OpenComment = token("OpenComment", dialectCommentExtent, false, ["/"]);

const Space = createToken({ name: "Space", pattern: /\s+/, line_breaks: true, group: Lexer.SKIPPED });
const Comment = createToken({
  name: "Comment",
  pattern: extentPattern(dialectCommentExtent, true),
  line_breaks: true,
  start_chars_hint: ["-", "/"],
  group: Lexer.SKIPPED,
});
/** A character that this dialect has no use for. What the lexer itself finds out of such a pattern leaves some out. */
export const Stray = createToken({
  name: "Stray",
  pattern: /[\s\S]/,
  line_breaks: true,
  start_chars_hint: Array.from({ length: 0x10000 }, (_, code) => code),
});

/** Order matters: of two patterns that match, the lexer takes the one that stands first. */
export const TOKENS: TokenType[] = [
  Space,
  Comment,
  OpenComment,
  ...Object.values(KEYWORDS),
  PlainWord,
  Word,
  NumberLiteral,
  TextLiteral,
  OpenText,
  QuotedName,
  OpenName,
  LeftParenthesis,
  RightParenthesis,
  Comma,
  Equals,
  Dot,
  Star,
  Stray,
];

/** Cuts a statement of the backup dialect into tokens. It has a token for everything, and so never fails. */
export const backupLexer = new Lexer(TOKENS, { positionTracking: "onlyOffset" });

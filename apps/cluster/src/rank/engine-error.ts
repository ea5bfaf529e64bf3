/** An error as ClickHouse tells it: a number, its name in capitals, and a text for people. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly code: number;
  readonly codeName: string;

  constructor(code: number, codeName: string, text: string, options?: ErrorOptions) {
    super(text, options);
    this.code = code;
    this.codeName = codeName;
  }

  /** The body of an answer: `Code: 60. DB::Exception: text. (UNKNOWN_TABLE) (version 26.7.2.1)`. */
  print(engineVersion: string): string {
    const text = this.message.endsWith(".") ? this.message : `${this.message}.`;
    return `Code: ${this.code}. DB::Exception: ${text} (${this.codeName}) (version ${engineVersion})`;
  }
}

const OPENING = /^Code: (\d+)\. DB::Exception: /;
const CLOSING =
  / ?(?:\(version [^()]*(?:\([^()]*\))?\))?\.? ?\(([A-Z][A-Z0-9_]{2,})\)\.?(?: ?\(version [^()]*(?:\([^()]*\))?\))?\s*$/;

/**
 * Reads what the engine threw. It wraps an error once or twice into itself; the innermost is the one that was meant. Mentions of
 * our own pipes are left out: to the client there is no file.
 */
export function engineErrorOf(thrown: unknown): EngineError {
  if (thrown instanceof EngineError) return thrown;
  let text = thrown instanceof Error ? thrown.message : String(thrown);
  let code: number | undefined;
  let codeName: string | undefined;
  for (let opening = OPENING.exec(text); opening !== null; opening = OPENING.exec(text)) {
    code = Number(opening[1]);
    text = text.slice(opening[0].length);
    const closing = CLOSING.exec(text);
    if (closing !== null) {
      codeName = closing[1];
      text = text.slice(0, closing.index);
    }
  }
  if (code === undefined) return new EngineError(1002, "UNKNOWN_EXCEPTION", text, { cause: thrown });
  const told = text
    .replaceAll(/\s*\(in file\/uri [^)]*\)/g, "")
    .replace(/: data for INSERT was parsed from file(?:[^\n]*)?$/, "")
    .trim();
  return new EngineError(code, codeName ?? "UNKNOWN_EXCEPTION", told, { cause: thrown });
}

const BAD_REQUEST = [
  6, 8, 15, 25, 26, 27, 36, 37, 38, 41, 44, 53, 62, 72, 117, 123, 167, 168, 223, 321, 376, 427, 441, 675, 676,
];
const FORBIDDEN = [192, 193, 497, 512, 516];
const NOT_FOUND = [46, 47, 50, 56, 60, 63, 73, 78, 81, 115, 152, 336, 511];

/** The HTTP status that ClickHouse gives an error of that number (its exceptionCodeToHTTPStatus.cpp). */
export function httpStatusOf(code: number): number {
  if (BAD_REQUEST.includes(code)) return 400;
  if (code === 194) return 401;
  if (FORBIDDEN.includes(code)) return 403;
  if (NOT_FOUND.includes(code)) return 404;
  if (code === 159) return 408;
  if (code === 381) return 411;
  if (code === 229) return 413;
  if (code === 779) return 415;
  if (code === 48) return 501;
  if (code === 76 || code === 209 || code === 439) return 503;
  return 500;
}

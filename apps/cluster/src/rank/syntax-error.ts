import type { EngineSession } from "./engine.ts";
import { EngineError, engineErrorOf } from "./engine-error.ts";
import { sqlString } from "./sql-text.ts";

const SYNTAX_ERROR = 62;

/**
 * The error as it would be for the statement that the user wrote. What a rank puts into a statement moves positions and shows up
 * in what the parser quotes, so that a statement that cannot be parsed is parsed again, alone.
 */
export async function asWritten(session: EngineSession, written: string, thrown: unknown): Promise<EngineError> {
  const told = engineErrorOf(thrown);
  if (told.code !== SYNTAX_ERROR) return told;
  try {
    await session.run(`SELECT formatQuery(${sqlString(written)}) FORMAT Null`);
    return told;
  } catch (again) {
    const { code, codeName, message } = engineErrorOf(again);
    if (code !== SYNTAX_ERROR) return told;
    // The function names itself and its column in the text.
    const text = message.replace(/: (?:In scope|while executing)[\s\S]*$/i, "");
    return new EngineError(code, codeName, text, { cause: thrown });
  }
}

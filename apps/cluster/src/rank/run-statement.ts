import { rm, writeFile } from "node:fs/promises";
import type { Answer, Summary } from "./answer.ts";
import { NOTHING_DONE } from "./answer.ts";
import type { Engine, EngineResult, EngineSession } from "./engine.ts";
import { EngineError } from "./engine-error.ts";
import { InputPipe, MORE_THAN_A_PIPE_BYTES, OutputPipe } from "./pipes.ts";
import type { PrivateFiles } from "./private-files.ts";
import { type RankRequest, sessionSql } from "./request.ts";
import { MAX_STATEMENT_BYTES, type RequestBody } from "./request-body.ts";
import type { RunningQueries } from "./running-queries.ts";
import { sqlString } from "./sql-text.ts";
import { sqlTokens } from "./sql-tokens.ts";
import { readStatement, type Statement } from "./statement.ts";
import type { StatementSlots } from "./statement-slots.ts";
import { asWritten } from "./syntax-error.ts";

export type StatementServices = { engine: Engine; files: PrivateFiles; slots: StatementSlots; running: RunningQueries };

type Run = StatementServices & {
  request: RankRequest;
  body: RequestBody;
  /** What was read of SQL and data so far; offsets of the statement are offsets of these bytes. */
  head: Buffer;
  answer: Answer;
  signal: AbortSignal;
  session: EngineSession;
  slot: number;
};

function readSummary(result: EngineResult): Summary {
  return { ...NOTHING_DONE, readRows: result.rowsRead, readBytes: result.bytesRead, elapsedMs: result.elapsedMs };
}

/** Starts a statement, and kills it when the signal aborts. `settled` resolves when the engine is through with it. */
function start(run: Run, sql: string, options: { signal: AbortSignal; format?: string; onKilled?: () => void }) {
  const done = run.session.run(sql, options.format);
  const settled = done.then(
    () => undefined,
    () => undefined,
  );
  const kill = () => void run.running.kill(run.request.requestId, settled, options.onKilled);
  options.signal.addEventListener("abort", kill, { once: true });
  if (options.signal.aborted) kill();
  return { done, settled: settled.then(() => options.signal.removeEventListener("abort", kill)) };
}

async function runQuery(run: Run, statement: Extract<Statement, { kind: "query" }>): Promise<void> {
  const { head, request, answer, signal } = run;
  const path = run.files.pipePath(run.slot);
  const format = statement.format ?? request.defaultFormat;
  const clause = statement.formatClause ?? { start: statement.end, end: statement.end };
  const select = head.toString("utf8", 0, clause.start);
  const settings = head.toString("utf8", clause.end, statement.end);
  answer.describe({ format, encoding: request.encoding, waitsForEnd: request.waitsForEnd });
  const pipe = new OutputPipe(path);
  const outfile = `INTO OUTFILE ${sqlString(path)} APPEND FORMAT ${format}`;
  const { done, settled } = start(run, `${select}\n${outfile}${settings}`, { signal });
  void settled.then(() => pipe.end());
  try {
    // A reader that went away is read for on: an engine that opens or fills a pipe without a reader waits for ever.
    for await (const chunk of pipe.readable) if (!signal.aborted) await answer.write(chunk);
    await answer.end(readSummary(await done));
  } finally {
    await settled;
    pipe.close();
  }
}

/** Feeds the engine. When it stops reading, the rest of the body is read all the same: the client waits for that. */
async function pump(body: RequestBody, first: Buffer, pipe: InputPipe): Promise<void> {
  for (let piece: Buffer | undefined = first; piece !== undefined; piece = await body.next()) {
    if (pipe.writable.destroyed || pipe.writable.write(piece)) continue;
    await new Promise<void>((resolve) => {
      const go = () => {
        pipe.writable.off("drain", go).off("close", go);
        resolve();
      };
      pipe.writable.on("drain", go).on("close", go);
    });
  }
  if (pipe.writable.destroyed) return;
  // The engine has opened its end by now: it has read all but the last pipeful.
  pipe.writable.end(() => pipe.hangUp());
}

async function runInsert(run: Run, statement: Extract<Statement, { kind: "insert" }>): Promise<void> {
  const { head, request, answer, body } = run;
  const data = head.subarray(statement.dataStart);
  // Data that might fit into a pipe would be all written, and the pipe closed, before the engine has opened it; then it waits.
  const first = await body.fill(data, MORE_THAN_A_PIPE_BYTES);
  const path = body.ended ? run.files.dataPath(run.slot) : run.files.pipePath(run.slot);
  const into = head.toString("utf8", 0, statement.sourceAt);
  const source = `FROM INFILE ${sqlString(path)} ${statement.settings}`;
  const sql = `${into}\n${source} FORMAT ${statement.format}`;
  answer.describe({ format: request.defaultFormat, encoding: request.encoding, waitsForEnd: true });
  const broken = new AbortController();
  const signal = AbortSignal.any([run.signal, broken.signal]);
  const pipe = body.ended ? undefined : new InputPipe(path);
  if (pipe === undefined) await writeFile(path, first, { mode: 0o600 });
  // Hung up before it was killed, the engine would take half of the data for all of it.
  const { done, settled } = start(run, sql, { signal, onKilled: () => pipe?.hangUp() });
  let bodyError: unknown;
  const pumped = pipe === undefined ? Promise.resolve() : pump(body, first, pipe);
  pumped.catch((error: unknown) => {
    bodyError = error;
    broken.abort();
  });
  try {
    const { rowsRead, bytesRead, elapsedMs } = await done;
    const counts = { readRows: rowsRead, readBytes: bytesRead, writtenRows: rowsRead, writtenBytes: bytesRead };
    await answer.end({ ...counts, elapsedMs });
  } catch (error) {
    throw bodyError ?? error;
  } finally {
    await settled;
    pipe?.close();
    if (pipe === undefined) await rm(path, { force: true });
  }
}

/** In KILL QUERY, the client's query ids are replaced by what the engine calls those statements. */
function withEngineIds(sql: string, running: RunningQueries): string {
  let rewritten = "";
  let from = 0;
  for (const token of sqlTokens(sql)) {
    if (token.kind !== "string") continue;
    const query = running.byQueryId(sql.slice(token.start + 1, token.end - 1));
    if (query === undefined) continue;
    rewritten += sql.slice(from, token.start) + running.engineIdSql(query);
    from = token.end;
  }
  return rewritten + sql.slice(from);
}

async function runOther(run: Run, statement: Extract<Statement, { kind: "other" }>): Promise<void> {
  const { head, request, answer, signal } = run;
  const written = head.toString("utf8", 0, statement.end);
  const sql = statement.firstWord === "KILL" ? withEngineIds(written, run.running) : written;
  const format = statement.format ?? request.defaultFormat;
  answer.describe({ format, encoding: request.encoding, waitsForEnd: true });
  const { done, settled } = start(run, sql, {
    signal,
    format: request.defaultFormat,
  });
  try {
    const result = await done;
    await answer.write(result.bytes);
    await answer.end(readSummary(result));
  } finally {
    await settled;
  }
}

/**
 * Runs the one statement of a request and answers it. When the signal aborts, the statement is killed, and this rejects when it
 * is gone. Throws an EngineError.
 */
export async function runStatement(
  services: StatementServices,
  asked: { request: RankRequest; body: RequestBody; answer: Answer; signal: AbortSignal },
): Promise<Statement["kind"]> {
  const { request, body, signal } = asked;
  const sql = Buffer.from(request.sql === "" ? "" : `${request.sql}\n`);
  let head = await body.fill(sql, sql.length + MORE_THAN_A_PIPE_BYTES);
  // Latin-1, so that an offset into the text is an offset into the bytes.
  let statement = readStatement(head.toString("latin1"));
  if (statement.kind !== "insert" && !body.ended) {
    head = await body.fill(head, MAX_STATEMENT_BYTES);
    if (!body.ended)
      throw new EngineError(229, "QUERY_IS_TOO_LARGE", `The statement is over ${MAX_STATEMENT_BYTES} bytes`);
    statement = readStatement(head.toString("latin1"));
  }
  const slot = await services.slots.acquire(signal);
  let session: EngineSession | undefined;
  try {
    session = services.engine.session();
    for (const prepare of sessionSql(request)) await session.run(prepare);
    const run: Run = { ...services, ...asked, head, session, slot };
    if (statement.kind === "query") await runQuery(run, statement);
    else if (statement.kind === "insert") await runInsert(run, statement);
    else await runOther(run, statement);
    return statement.kind;
  } catch (error) {
    const end = statement.kind === "insert" ? statement.dataStart : statement.end;
    throw session === undefined ? error : await asWritten(session, head.toString("utf8", 0, end), error);
  } finally {
    session?.close();
    services.slots.release(slot);
  }
}

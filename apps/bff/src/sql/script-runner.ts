import type { Statement } from "@snapdeck/backup-sql/ast/statement";
import { parseScript } from "@snapdeck/backup-sql/parse-script";
import { printRedacted } from "@snapdeck/backup-sql/print-statement";
import { roleIncludes } from "@snapdeck/contract/role";
import type { ClusterId } from "@snapdeck/contract/scalars";
import { problemOf, SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { SqlReply, SqlResult } from "@snapdeck/contract/sql";
import type { ClusterRegistry } from "../clusters/cluster-registry.ts";
import type { AuditLog, SqlAsker, SqlService } from "../services.ts";
import { auditText } from "./audit-text.ts";
import { awaitEnd, failureOf, type JobEnds } from "./await-end.ts";
import type { RepeatedScripts } from "./repeated-scripts.ts";
import { needsFreshSignIn, roleOf } from "./statement-role.ts";
import type { StatementRunner } from "./statement-runner.ts";
import { syntaxProblem } from "./syntax-problem.ts";

export type ScriptRunnerParts = {
  readonly registry: ClusterRegistry;
  readonly statements: StatementRunner;
  readonly repeated: RepeatedScripts;
  readonly ends: JobEnds;
  readonly audit: AuditLog;
};

/** Runs scripts: one that is malformed, or holds a statement that the caller may not run, runs nothing at all. */
export class ScriptRunner implements SqlService {
  readonly #parts: ScriptRunnerParts;

  constructor(parts: ScriptRunnerParts) {
    this.#parts = parts;
  }

  async run(clusterId: ClusterId, sql: string, asker: SqlAsker): Promise<SqlReply> {
    const { registry, repeated } = this.#parts;
    const { cluster } = registry.get(clusterId);
    const parsed = parseScript(sql);
    if (parsed.outcome === "refused") throw syntaxProblem(parsed.errors);
    const statements = parsed.statements.map(({ statement }) => statement);
    if (statements.length === 0) throw new SnapdeckError("bad-request", "there is no statement; nothing was run");
    await this.#mustBeAllowed(clusterId, statements, asker);
    const { idempotencyKey: key, actor } = asker;
    const name = key === undefined ? undefined : { username: actor.username, clusterId, key };
    return repeated.run(name, sql, async (results) => {
      for (const [index, statement] of statements.entries()) {
        const isLast = index === statements.length - 1;
        try {
          if (index >= results.length) {
            asker.signal.throwIfAborted();
            // A job of its own for each: what one key began is found again, whichever statement it was.
            const own = { ...asker, idempotencyKey: key === undefined ? undefined : `${key}#${index}` };
            const result = await this.#parts.statements.run(cluster, statement, own);
            results.push(isLast ? result : await this.#ended(result, asker.signal));
          }
          mustHaveSucceeded(isLast ? undefined : results[index]);
        } catch (error) {
          if (results.length === 0 || !(error instanceof SnapdeckError)) throw error;
          const notRun = statements.slice(index + 1).map(printRedacted);
          return { results: [...results], stoppedBy: problemOf(error), stoppedAt: printRedacted(statement), notRun };
        }
      }
      return { results: [...results] };
    });
  }

  async #ended(result: SqlResult, signal: AbortSignal): Promise<SqlResult> {
    if (result.kind !== "job") return result;
    return { ...result, job: await awaitEnd(this.#parts.ends, result.job, signal) };
  }

  /** Judged for the whole script before its first statement runs. @throws {SnapdeckError} `role-needed`, `sign-in-too-old` */
  async #mustBeAllowed(clusterId: ClusterId, statements: readonly Statement[], asker: SqlAsker): Promise<void> {
    const { actor } = asker;
    for (const statement of statements) {
      const needed = roleOf(statement);
      try {
        if (!roleIncludes(actor.role, needed)) {
          throw new SnapdeckError(
            "role-needed",
            `${headOf(statement)} needs the role ${needed}, and ${actor.username} is ${actor.role}; nothing was run`,
            { hint: `Ask someone with the role ${needed}.` },
          );
        }
        if (needsFreshSignIn(statement)) asker.mustBeFresh();
      } catch (error) {
        await this.#parts.audit.append({
          actor: actor.username,
          origin: actor.origin,
          requestId: actor.requestId,
          act: "access.denied",
          target: `runSql cluster ${clusterId}: ${auditText(statement)}`,
          result: error instanceof SnapdeckError ? error.detail : "internal",
        });
        throw error;
      }
    }
  }
}

/** @throws {SnapdeckError} what the job failed of */
function mustHaveSucceeded(result: SqlResult | undefined): void {
  const failure = result?.kind === "job" ? failureOf(result.job) : undefined;
  if (failure !== undefined) throw failure;
}

/** The first words of a statement, which hold no secret. */
function headOf(statement: Statement): string {
  if (statement.kind === "foreign") return "a statement for the engine";
  const words = /^[A-Z]+(?: [A-Z]+){0,3}\b/.exec(printRedacted(statement))?.[0];
  return words ?? statement.kind;
}

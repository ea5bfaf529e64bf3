import type { DescribeBackup, ShowBackup } from "@snapdeck/backup-sql/ast/backup-statements";
import type { SchemaStatement } from "@snapdeck/backup-sql/ast/schema-statements";
import type { Statement } from "@snapdeck/backup-sql/ast/statement";
import { printRedacted } from "@snapdeck/backup-sql/print-statement";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { SqlResult, SqlRows } from "@snapdeck/contract/sql";
import type { Cluster, EngineSql } from "@snapdeck/core/ports/cluster";
import { type ConnectionStatement, isConnectionStatement } from "../connections/connection-kind.ts";
import type { AuditLog, SqlAsker } from "../services.ts";
import { auditText } from "./audit-text.ts";
import type { BackupStatements } from "./backup-statements.ts";
import { isBackupWork } from "./backup-work-statement.ts";
import type { Connections } from "./connections.ts";
import { describeBackups, showBackups } from "./read-back.ts";
import { createSchema, dropSchema } from "./schemas.ts";
import type { ConnectionUse, StoreAccess } from "./store-access.ts";

export type StatementRunnerParts = {
  readonly connections: Connections;
  readonly stores: StoreAccess;
  readonly backups: BackupStatements;
  readonly audit: AuditLog;
};

/** What a statement comes to: nothing to show, rows, or a job. */
type Outcome =
  | { readonly kind: "done"; readonly warning?: string }
  | { readonly kind: "rows"; readonly rows: SqlRows }
  | { readonly kind: "job"; readonly job: Extract<SqlResult, { kind: "job" }>["job"] };

/** Runs single statements: ours here, everything else on the engine. */
export class StatementRunner {
  readonly #parts: StatementRunnerParts;

  constructor(parts: StatementRunnerParts) {
    this.#parts = parts;
  }

  /** A job has begun when this answers, and not ended. @throws {SnapdeckError} */
  async run(cluster: Cluster, statement: Statement, asker: SqlAsker): Promise<SqlResult> {
    const outcome = await this.#outcome(cluster, statement, asker);
    const text = printRedacted(statement);
    switch (outcome.kind) {
      case "done":
        return {
          kind: "done",
          statement: text,
          ...(outcome.warning === undefined ? {} : { warning: outcome.warning }),
        };
      case "rows":
        return { kind: "rows", statement: text, ...outcome.rows };
      case "job":
        return { kind: "job", statement: text, job: outcome.job };
    }
  }

  async #outcome(cluster: Cluster, statement: Statement, asker: SqlAsker): Promise<Outcome> {
    const { stores, backups } = this.#parts;
    if (isBackupWork(statement)) return backups.begin(cluster, statement, asker);
    if (isConnectionStatement(statement)) return this.#connection(cluster, statement, asker);
    switch (statement.kind) {
      case "show-backup":
        return rows(await stores.during(cluster.id, sourceOf(statement), (store) => showBackups(statement, store)));
      case "describe-backup":
        return rows(await stores.during(cluster.id, sourceOf(statement), (store) => describeBackups(statement, store)));
      case "create-schema":
      case "drop-schema":
        return this.#audited(cluster, statement, asker, () => this.#schema(cluster, statement));
      case "foreign": {
        const { text } = statement;
        return this.#audited(cluster, statement, asker, async () => {
          const answer = await sqlOf(cluster).run(text, asker.signal);
          return answer.columns.length === 0 ? { kind: "done" } : rows(answer);
        });
      }
    }
  }

  /** The catalog writes to the audit trail itself. */
  async #connection({ id }: Cluster, statement: ConnectionStatement, { actor }: SqlAsker): Promise<Outcome> {
    const { connections } = this.#parts;
    switch (statement.kind) {
      case "create-credential":
      case "create-data-sink":
      case "create-data-source":
        await connections.create(id, statement, actor);
        return { kind: "done" };
      case "alter-credential":
      case "alter-data-sink":
      case "alter-data-source":
        await connections.alter(id, statement, actor);
        return { kind: "done" };
      case "drop-credential":
      case "drop-data-sink":
      case "drop-data-source":
        await connections.drop(id, statement, actor);
        return { kind: "done" };
      case "show-credential":
      case "show-data-sink":
      case "show-data-source":
        return rows(await connections.show(id, statement));
      case "describe-credential":
      case "describe-data-sink":
      case "describe-data-source":
        return rows(await connections.describe(id, statement));
    }
  }

  async #schema(cluster: Cluster, statement: SchemaStatement): Promise<Outcome> {
    const objects = this.#parts.connections.objects(cluster.id);
    if (statement.kind === "create-schema") await createSchema(sqlOf(cluster), statement);
    else await dropSchema(sqlOf(cluster), objects, statement);
    return { kind: "done" };
  }

  /** Written down before it runs, so that nothing is done that nobody can read of. */
  async #audited(
    cluster: Cluster,
    statement: Statement,
    { actor }: SqlAsker,
    run: () => Promise<Outcome>,
  ): Promise<Outcome> {
    const { username, origin, requestId } = actor;
    const target = `cluster ${cluster.id}: ${auditText(statement)}`;
    const note = { actor: username, origin, requestId, act: "sql.run", target };
    await this.#parts.audit.append({ ...note, result: "begun" });
    try {
      return await run();
    } catch (error) {
      const code = error instanceof SnapdeckError ? error.code : "internal";
      await this.#parts.audit.append({ ...note, result: `failed: ${code}` });
      throw error;
    }
  }
}

function sourceOf({ source }: ShowBackup | DescribeBackup): ConnectionUse {
  return { use: "source", name: source };
}

function rows(answer: SqlRows): Outcome {
  return { kind: "rows", rows: answer };
}

function sqlOf({ name, sql }: Cluster): EngineSql {
  if (sql !== undefined) return sql;
  throw new SnapdeckError("not-supported", `cluster ${name} takes no SQL from here; nothing was run`);
}

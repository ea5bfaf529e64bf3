import type { BackupObjects } from "../ast/backup-object.ts";
import type { BackupSelector } from "../ast/backup-selector.ts";
import type { ObjectSelector } from "../ast/object-selector.ts";
import type { QualifiedName } from "../ast/qualified-name.ts";
import { enumerate } from "../errors/enumerate.ts";
import type { Faults } from "../errors/faults.ts";
import type { OptionDefinition, OptionsOf, OptionTable } from "../options/option-table.ts";
import { readOptions } from "../options/read-options.ts";
import { kindOfValue, readValue } from "../options/read-value.ts";
import { nameOf } from "./names.ts";
import type { ClauseName, Flag, RawClause, RawStatement, RawValue } from "./raw-statement.ts";
import { readObjects } from "./read-objects.ts";
import * as Target from "./read-target.ts";
import { checkName } from "./read-target.ts";
import { STATEMENT_FORMS, type StatementForm } from "./statement-forms.ts";

type ClauseOf<N extends ClauseName> = Extract<RawClause, { readonly clause: N }>;

const TEXT: OptionDefinition = { sql: "", type: "text" };

/**
 * The parts of one statement by what they mean. Each of them is undefined where it is missing or wrong, and the faults say
 * so; where they say nothing, every part that the statement needs is there.
 */
export class StatementParts {
  readonly #raw: RawStatement;
  readonly #form: StatementForm;
  readonly #faults: Faults;

  constructor(raw: RawStatement, faults: Faults) {
    this.#raw = raw;
    this.#form = STATEMENT_FORMS[raw.kind];
    this.#faults = faults;
  }

  backupName(): string | undefined {
    return Target.readBackupName(this.#raw.target, this.#form.noun, this.#faults);
  }

  backups(): BackupSelector | undefined {
    return Target.readBackupSelector(this.#raw.target, this.#form.noun, this.#faults);
  }

  schemaName(): string | undefined {
    return Target.readPlainName(this.#raw.target, this.#form.noun, this.#faults);
  }

  name(): QualifiedName | undefined {
    return Target.readName(this.#raw.target, this.#form.noun, this.#faults);
  }

  objectSelector(): ObjectSelector | undefined {
    return Target.readObjectSelector(this.#raw.target, this.#form.noun, this.#faults);
  }

  has(flag: Flag["name"]): boolean {
    return this.#raw.flags.some(({ name }) => name === flag);
  }

  clause<N extends ClauseName>(name: N): ClauseOf<N> | undefined {
    return this.#raw.clauses.find((clause): clause is ClauseOf<N> => clause.clause === name);
  }

  store(clause: "DATA SINK" | "DATA SOURCE"): QualifiedName | undefined {
    const found = this.clause(clause);
    if (found === undefined) return undefined;
    checkName(found.name, this.#faults);
    return nameOf(found.name);
  }

  objects(): BackupObjects | undefined {
    const found = this.clause("OBJECTS");
    return found === undefined ? undefined : readObjects(found.objects, this.#faults);
  }

  text(clause: "LOCATION" | "USER" | "PASSWORD" | "IDENTITY" | "SECRET"): string | undefined {
    const found = this.clause(clause);
    if (found === undefined) return undefined;
    const text = readValue(TEXT, found.value);
    if (typeof text === "string") return text;
    this.#addValue(clause, found.value, kindOfValue(TEXT));
    return undefined;
  }

  /** The TYPE of the statement, one of `choices`; undefined also where it is absent. */
  type<T extends string>(choices: readonly T[], hint?: string): T | undefined {
    const found = this.clause("TYPE");
    if (found === undefined) return undefined;
    const text = readValue(TEXT, found.value);
    const type = choices.find((choice) => typeof text === "string" && choice === text.toLowerCase());
    if (type === undefined)
      this.#addValue(
        "TYPE",
        found.value,
        choices.map((choice) => `'${choice}'`),
        hint,
      );
    return type;
  }

  snapshotId(): number | undefined {
    const found = this.clause("PURGE");
    if (found === undefined) return undefined;
    const definition: OptionDefinition = { sql: "PURGE", type: "snapshot id" };
    const id = readValue(definition, found.value);
    if (typeof id === "number") return id;
    this.#addValue("PURGE", found.value, kindOfValue(definition));
    return undefined;
  }

  /** Options of WITH OPTIONS, or the assignments of SET; `title` is whose they are, the statement's if it is not given. */
  options<T extends OptionTable>(
    table: T,
    { clause = "WITH OPTIONS", title = this.#form.title }: { clause?: "WITH OPTIONS" | "SET"; title?: string } = {},
  ): OptionsOf<T> {
    return readOptions(table, this.clause(clause)?.assignments ?? [], title, this.#faults);
  }

  #addValue(clause: string, value: RawValue, expected: readonly string[], hint?: string): void {
    const found = this.#faults.source.shown(value.span);
    const message = `${clause} takes ${enumerate(expected, "or")}, not ${found}`;
    const span = value.span;
    this.#faults.add({ code: "value", message, ...(hint === undefined ? {} : { hint }), found, expected, span });
  }
}

import type { IOrAlt, TokenType } from "chevrotain";
import { Comma, Equals, KEYWORDS as K, Star } from "../lexing/tokens.ts";
import { type Span, spanOver } from "../span.ts";
import { NEXT_CLAUSE } from "./expectations.ts";
import { PartsGrammar } from "./parts-grammar.ts";
import { tokenSpan } from "./raw-parts.ts";
import type { Flag, RawClause, RawQualifiedName, RawStatement, RawTarget, ValuedClause } from "./raw-statement.ts";
import { type Noun, STATEMENT_FORMS, STATEMENT_KINDS, type StatementKind } from "./statement-forms.ts";

type StoreNoun = "DATA SINK" | "DATA SOURCE";
type Store = { readonly noun: StoreNoun; readonly span: Span };

export type Progress = { readonly kind: StatementKind; readonly clauses: readonly RawClause[] };

/**
 * The statements of the backup dialect. Any clause is taken in any statement and in any order: which belong together is
 * judged when the statement is built, where an error can say more.
 */
class Grammar extends PartsGrammar {
  constructor() {
    super();
    this.performSelfAnalysis();
  }

  /** What had been read where an error stopped the parser. */
  progress: Progress | undefined;

  readonly statement = this.RULE("statement", (): RawStatement => {
    this.progress = undefined;
    const flags: Flag[] = [];
    const clauses: RawClause[] = [];
    const kind = this.SUBRULE(this.head, { ARGS: [flags] });
    this.progress = { kind, clauses };
    const target = this.SUBRULE(this.target, { ARGS: [kind] });
    const commas: Span[] = [];
    this.MANY(() => {
      this.OPTION(() => commas.push(tokenSpan(this.CONSUME(Comma))));
      clauses.push(this.SUBRULE(this.clause));
    });
    return { kind, flags, target, clauses, commas };
  });

  protected readonly head = this.RULE("head", (flags: Flag[]): StatementKind => {
    const kind = this.OR<StatementKind>([
      this.#word(1, K.backup, "take-snapshot"),
      { ALT: () => this.SUBRULE(this.restoreOrVerify) },
      {
        ALT: () => {
          this.CONSUME(K.create);
          this.OPTION1(() => {
            const or = this.CONSUME(K.or);
            const replace = this.CONSUME(K.replace);
            this.ACTION(() => flags.push({ name: "OR REPLACE", span: spanOver(tokenSpan(or), tokenSpan(replace)) }));
          });
          return STATEMENT_KINDS.CREATE[this.SUBRULE1(this.nounOrSchema)];
        },
      },
      {
        ALT: () => {
          this.CONSUME(K.drop);
          return STATEMENT_KINDS.DROP[this.SUBRULE2(this.nounOrSchema)];
        },
      },
      {
        ALT: () => {
          const kinds = this.SUBRULE(this.verb);
          const noun = this.SUBRULE(this.noun);
          return this.ACTION(() => kinds[noun]);
        },
      },
    ]);
    this.OPTION2({
      GATE: () => this.isNext(2, K.exists) || (this.isNext(2, K.not) && this.isNext(3, K.exists)),
      DEF: () => {
        const flag = this.SUBRULE(this.existence);
        this.ACTION(() => flags.push(flag));
      },
    });
    return kind;
  });

  protected readonly restoreOrVerify = this.RULE("restoreOrVerify", (): StatementKind => {
    const kind = this.OR<StatementKind>([
      this.#word(1, K.restore, "restore-backup"),
      this.#word(2, K.verify, "verify-backup"),
    ]);
    this.CONSUME(K.backup);
    return kind;
  });

  protected readonly verb = this.RULE(
    "verb",
    (): Readonly<Record<Noun, StatementKind>> =>
      this.OR<Readonly<Record<Noun, StatementKind>>>([
        this.#word(1, K.alter, STATEMENT_KINDS.ALTER),
        this.#word(2, K.show, STATEMENT_KINDS.SHOW),
        this.#word(3, K.desc, STATEMENT_KINDS.DESCRIBE),
        this.#word(4, K.describe, STATEMENT_KINDS.DESCRIBE),
      ]),
  );

  protected readonly nounOrSchema = this.RULE("nounOrSchema", (): Noun | "SCHEMA" =>
    this.OR<Noun | "SCHEMA">([{ ALT: () => this.SUBRULE(this.noun) }, this.#word(1, K.schema, "SCHEMA")]),
  );

  protected readonly noun = this.RULE(
    "noun",
    (): Noun =>
      this.OR<Noun>([
        this.#word(1, K.backup, "BACKUP"),
        this.#word(2, K.credential, "CREDENTIAL"),
        {
          ALT: () => {
            this.OPTION(() => this.CONSUME(K.external));
            return this.SUBRULE(this.store).noun;
          },
        },
      ]),
  );

  protected readonly store = this.RULE("store", (): Store => {
    const start = this.CONSUME(K.data);
    const noun = this.OR<StoreNoun>([this.#word(1, K.sink, "DATA SINK"), this.#word(2, K.source, "DATA SOURCE")]);
    return this.ACTION(() => ({ noun, span: spanOver(tokenSpan(start), tokenSpan(this.LA(0))) }));
  });

  protected readonly existence = this.RULE("existence", (): Flag => {
    const start = this.CONSUME(K.if);
    const not = this.OPTION(() => this.CONSUME(K.not));
    const end = this.CONSUME(K.exists);
    const name = not === undefined ? "IF EXISTS" : "IF NOT EXISTS";
    return { name, span: spanOver(tokenSpan(start), tokenSpan(end)) };
  });

  protected readonly target = this.RULE(
    "target",
    (kind: StatementKind): RawTarget =>
      this.OR<RawTarget>({
        ERR_MSG: this.ACTION(() => `the name of ${STATEMENT_FORMS[kind].noun}`),
        DEF: [
          { ALT: () => ({ form: "all", span: tokenSpan(this.CONSUME(Star)) }) },
          {
            ALT: () => {
              const name = this.SUBRULE(this.qualifiedName, { ARGS: ["a name"] });
              return this.ACTION(() => ({ form: "name", name, span: name.span }));
            },
          },
        ],
      }),
  );

  protected readonly clause = this.RULE("clause", (): RawClause => {
    const start = this.LA(1);
    const keyword = () => this.ACTION(() => tokenSpan(start));
    return this.OR<RawClause>({
      ERR_MSG: NEXT_CLAUSE,
      DEF: [
        { ALT: () => this.SUBRULE(this.storeClause) },
        this.#valued(1, K.type, "TYPE"),
        this.#valued(2, K.location, "LOCATION"),
        this.#valued(3, K.user, "USER"),
        this.#valued(4, K.password, "PASSWORD"),
        this.#valued(5, K.identity, "IDENTITY"),
        this.#valued(6, K.secret, "SECRET"),
        { ALT: () => ({ clause: "PURGE", span: tokenSpan(this.CONSUME(K.purge)), value: this.SUBRULE(this.value) }) },
        { ALT: () => ({ clause: "MERGE", span: tokenSpan(this.CONSUME(K.merge)) }) },
        { ALT: () => ({ clause: "CASCADE", span: tokenSpan(this.CONSUME(K.cascade)) }) },
        {
          ALT: () => ({
            clause: "OBJECTS",
            span: tokenSpan(this.CONSUME(K.objects)),
            objects: this.SUBRULE(this.objects),
          }),
        },
        {
          ALT: () => {
            this.CONSUME(K.set);
            this.OPTION(() => this.CONSUME(K.property));
            return { clause: "SET", span: keyword(), assignments: this.SUBRULE(this.assignments) };
          },
        },
        {
          ALT: () => {
            this.CONSUME(K.with);
            return { clause: "WITH OPTIONS", span: keyword(), assignments: this.SUBRULE(this.options) };
          },
        },
      ],
    });
  });

  /** The equals sign is optional here only: the vendor's examples write it and its syntax boxes leave it out. */
  protected readonly storeClause = this.RULE("storeClause", (): RawClause => {
    const { noun, span } = this.SUBRULE(this.store);
    this.OPTION(() => this.CONSUME(Equals));
    const name: RawQualifiedName = this.SUBRULE(this.qualifiedName, { ARGS: ["a name"] });
    return { clause: noun, name, span };
  });

  #word<T>(index: number, token: TokenType, means: T): IOrAlt<T> {
    return {
      ALT: () => {
        this.consume(index, token);
        return means;
      },
    };
  }

  #valued(index: number, token: TokenType, clause: ValuedClause): IOrAlt<RawClause> {
    return {
      ALT: () => {
        const span = tokenSpan(this.consume(index, token));
        return { clause, span, value: this.subrule(index, this.assignedValue) };
      },
    };
  }
}

export const grammar = new Grammar();

import type { IToken, TokenType } from "chevrotain";
import { Comma, Equals, KEYWORDS as K, Star } from "../lexing/tokens.ts";
import { type Span, spanOver } from "../span.ts";
import { PartsGrammar } from "./parts-grammar.ts";
import { tokenSpan } from "./raw-parts.ts";
import type { Flag, RawClause, RawStatement, RawTarget } from "./raw-statement.ts";
import { type Noun, STATEMENT_FORMS, STATEMENT_KINDS, type StatementKind } from "./statement-forms.ts";

type Head = { readonly kind: StatementKind; readonly flags: readonly Flag[] };

/** Takes any clause in any statement: which belong together is judged when the statement is built. */
class Grammar extends PartsGrammar {
  constructor() {
    super();
    this.performSelfAnalysis();
  }

  readonly statement = this.RULE("statement", (): RawStatement => {
    const { kind, flags } = this.SUBRULE(this.head);
    const target = this.SUBRULE(this.target, { ARGS: [kind] });
    const clauses: RawClause[] = [];
    const commas: Span[] = [];
    this.MANY(() => {
      this.OPTION(() => commas.push(tokenSpan(this.CONSUME(Comma))));
      clauses.push(this.SUBRULE(this.clause));
    });
    return { kind, flags, target, clauses, commas };
  });

  protected readonly head = this.RULE("head", (): Head => {
    const flags: Flag[] = [];
    const kind = this.OR<StatementKind>([
      { ALT: () => this.SUBRULE(this.backupVerb) },
      {
        ALT: () => {
          this.CONSUME(K.create);
          this.OPTION1(() => {
            const or = tokenSpan(this.CONSUME(K.or));
            flags.push({ name: "OR REPLACE", span: spanOver(or, tokenSpan(this.CONSUME(K.replace))) });
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
          this.CONSUME(K.alter);
          return STATEMENT_KINDS.ALTER[this.SUBRULE1(this.noun)];
        },
      },
      {
        ALT: () => {
          this.CONSUME(K.show);
          return STATEMENT_KINDS.SHOW[this.SUBRULE2(this.noun)];
        },
      },
      {
        ALT: () => {
          this.SUBRULE(this.describe);
          return STATEMENT_KINDS.DESCRIBE[this.SUBRULE3(this.noun)];
        },
      },
    ]);
    this.OPTION2({ GATE: () => this.#isExistenceNext(), DEF: () => flags.push(this.SUBRULE(this.existence)) });
    return { kind, flags };
  });

  protected readonly backupVerb = this.RULE("backupVerb", (): StatementKind =>
    this.OR<StatementKind>([
      { ALT: () => this.#kind("take-snapshot", this.CONSUME1(K.backup)) },
      {
        ALT: () => {
          this.CONSUME(K.restore);
          return this.#kind("restore-backup", this.CONSUME2(K.backup));
        },
      },
      {
        ALT: () => {
          this.CONSUME(K.verify);
          return this.#kind("verify-backup", this.CONSUME3(K.backup));
        },
      },
    ]),
  );

  protected readonly describe = this.RULE("describe", (): IToken =>
    this.OR([{ ALT: () => this.CONSUME(K.desc) }, { ALT: () => this.CONSUME(K.describe) }]),
  );

  protected readonly nounOrSchema = this.RULE("nounOrSchema", (): Noun | "SCHEMA" =>
    this.OR<Noun | "SCHEMA">([
      { ALT: () => this.SUBRULE(this.noun) },
      {
        ALT: () => {
          this.CONSUME(K.schema);
          return "SCHEMA";
        },
      },
    ]),
  );

  protected readonly noun = this.RULE("noun", (): Noun =>
    this.OR<Noun>([
      {
        ALT: () => {
          this.CONSUME(K.backup);
          return "BACKUP";
        },
      },
      {
        ALT: () => {
          this.CONSUME(K.credential);
          return "CREDENTIAL";
        },
      },
      {
        ALT: () => {
          this.OPTION(() => this.CONSUME(K.external));
          return this.SUBRULE(this.sinkOrSource);
        },
      },
    ]),
  );

  protected readonly sinkOrSource = this.RULE("sinkOrSource", (): "DATA SINK" | "DATA SOURCE" => {
    this.CONSUME(K.data);
    return this.OR<"DATA SINK" | "DATA SOURCE">([
      { ALT: () => this.#kind("DATA SINK", this.CONSUME(K.sink)) },
      { ALT: () => this.#kind("DATA SOURCE", this.CONSUME(K.source)) },
    ]);
  });

  protected readonly existence = this.RULE("existence", (): Flag => {
    const start = tokenSpan(this.CONSUME(K.if));
    const not = this.OPTION(() => this.CONSUME(K.not));
    const span = spanOver(start, tokenSpan(this.CONSUME(K.exists)));
    return { name: not === undefined ? "IF EXISTS" : "IF NOT EXISTS", span };
  });

  protected readonly target = this.RULE("target", (kind: StatementKind): RawTarget =>
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
    const start = this.LA(1).startOffset;
    const clause = this.OR<RawClause>({
      ERR_MSG: "a clause",
      DEF: [
        {
          ALT: () => {
            const clause = this.SUBRULE(this.sinkOrSource);
            this.OPTION1(() => this.CONSUME(Equals));
            return { clause, name: this.SUBRULE(this.qualifiedName, { ARGS: ["a name"] }), span: NOWHERE };
          },
        },
        ...this.#assigned("TYPE", K.type),
      ],
    });
    return { ...clause, span: { start, end: start } };
  });
}

import type { Span } from "../span.ts";
import type { StatementKind } from "./statement-forms.ts";

/*
 * A statement as it was written, before its parts are judged: any clause in any order, options with any name. Judging them
 * here rather than in the grammar is what lets an error say everything that is wrong, in the words of the statement.
 */

export type RawName = { readonly text: string; readonly span: Span };

export type RawQualifiedName = { readonly schema?: RawName; readonly name: RawName; readonly span: Span };

/** What stands behind `=`: a text, a number, or a name, `bare` where nothing quotes it. */
export type RawValue =
  | { readonly form: "text" | "number"; readonly text: string; readonly span: Span }
  | { readonly form: "name"; readonly bare: boolean; readonly name: RawQualifiedName; readonly span: Span };

/** `name` as written, its words joined by single spaces and dots. */
export type RawAssignment = { readonly name: string; readonly nameSpan: Span; readonly value: RawValue };

export type RawObject = {
  readonly type?: { readonly words: string; readonly span: Span };
  readonly name: RawQualifiedName;
};

export type ValuedClause = "TYPE" | "LOCATION" | "USER" | "PASSWORD" | "IDENTITY" | "SECRET";

/** `span` is that of the clause's keywords. */
type Clause<N extends string, Content> = N extends string
  ? { readonly clause: N; readonly span: Span } & Content
  : never;

export type RawClause =
  | Clause<"DATA SINK" | "DATA SOURCE", { readonly name: RawQualifiedName }>
  | Clause<ValuedClause | "PURGE", { readonly value: RawValue }>
  | Clause<"OBJECTS", { readonly objects: readonly RawObject[] }>
  | Clause<"WITH OPTIONS" | "SET", { readonly assignments: readonly RawAssignment[] }>
  | Clause<"MERGE" | "CASCADE", unknown>;

export type ClauseName = RawClause["clause"];

/** A word or two in the head that only some statements take. */
export type Flag = { readonly name: "OR REPLACE" | "IF EXISTS" | "IF NOT EXISTS"; readonly span: Span };

export type RawTarget =
  | { readonly form: "all"; readonly span: Span }
  | { readonly form: "name"; readonly name: RawQualifiedName; readonly span: Span };

export type RawStatement = {
  readonly kind: StatementKind;
  readonly flags: readonly Flag[];
  readonly target: RawTarget;
  readonly clauses: readonly RawClause[];
  /** Commas between clauses, which a credential takes. */
  readonly commas: readonly Span[];
};

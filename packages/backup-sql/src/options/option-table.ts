import type { QualifiedName } from "../ast/qualified-name.ts";

/** One entry of `target_schema_map`: what came from one schema goes to another. */
export type SchemaMapping = { readonly from: string; readonly to: string };

export type OptionDefinition = {
  /** How it is printed. Written, case does not matter, and spaces, underscores and dots are the same. */
  readonly sql: string;
  /** Other names that the vendor's pages give it. */
  readonly aliases?: readonly string[];
  /** Its value is never shown. */
  readonly secret?: true;
} & (
  | { readonly type: "boolean" | "text" | "name" | "qualified name" | "snapshot id" | "schema map" }
  | { readonly type: "integer"; readonly min: number }
  | { readonly type: "choice"; readonly choices: readonly string[] }
);

/** The options of a statement by the names that they have in its tree, in the order in which they are printed. */
export type OptionTable = Readonly<Record<string, OptionDefinition>>;

export type OptionValue = boolean | number | string | QualifiedName | readonly SchemaMapping[];

type ValueOf<D extends OptionDefinition> = D extends { readonly choices: readonly (infer C)[] }
  ? C
  : {
      readonly boolean: boolean;
      readonly integer: number;
      readonly text: string;
      readonly choice: string;
      readonly name: string;
      readonly "qualified name": QualifiedName;
      readonly "snapshot id": number;
      readonly "schema map": readonly SchemaMapping[];
    }[D["type"]];

/** The options that were given. What is absent was not written; defaults are the business of whoever runs the statement. */
export type OptionsOf<T extends OptionTable> = { readonly [K in keyof T]?: ValueOf<T[K]> };

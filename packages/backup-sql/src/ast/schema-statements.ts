export type CreateSchema = { readonly kind: "create-schema"; readonly schema: string; readonly ifNotExists: boolean };

/** Without `cascade`, a schema that holds anything is not dropped. */
export type DropSchema = {
  readonly kind: "drop-schema";
  readonly schema: string;
  readonly ifExists: boolean;
  readonly cascade: boolean;
};

export type SchemaStatement = CreateSchema | DropSchema;

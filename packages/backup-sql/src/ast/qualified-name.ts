/** A name, in a schema or in the user's default one. As written: nothing is folded to upper or lower case. */
export type QualifiedName = { readonly schema?: string; readonly name: string };

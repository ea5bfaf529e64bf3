/** Which backups of a store are meant: `name`, `"prefix*"` or `*`. */
export type BackupSelector =
  | { readonly kind: "named"; readonly name: string }
  | { readonly kind: "prefixed"; readonly prefix: string }
  | { readonly kind: "all" };

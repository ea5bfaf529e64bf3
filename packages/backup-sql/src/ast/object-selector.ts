import type { QualifiedName } from "./qualified-name.ts";

/** Which sinks, sources or credentials are meant: one of them, or `*`. */
export type ObjectSelector = { readonly kind: "named"; readonly name: QualifiedName } | { readonly kind: "all" };

/** A word, a quoted name, a text, or one sign of a query. Comments are left out of what the engine prints. */
const TOKENS = /[A-Za-z_]\w*|`(?:\\.|[^`\\])*`|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\S/g;

/** What a query speaks of. */
export type QueryReferences = {
  /** Pairs of names with a dot between, and texts that hold such a pair as `dictGet` takes them. */
  readonly qualified: readonly (readonly [schema: string, name: string])[];
  /** Names before an opening bracket. */
  readonly called: ReadonlySet<string>;
};

/**
 * Finds what a query that the engine printed may refer to: it prints tables with their schema. Columns of tables look the same, so what
 * comes out is to be matched with what there is.
 */
export function queryReferences(query: string): QueryReferences {
  const tokens = (query.match(TOKENS) ?? []).map((text) => ({ text, name: nameOf(text) }));
  const qualified: [string, string][] = [];
  const called = new Set<string>();
  for (const [at, { text, name }] of tokens.entries()) {
    const [dot, after] = [tokens[at + 1]?.text, tokens[at + 2]?.name];
    if (name !== undefined && dot === "." && after !== undefined) qualified.push([name, after]);
    if (name !== undefined && dot === "(") called.add(name);
    if (text.startsWith("'")) {
      const [schema, table, ...rest] = unescaped(text).split(".");
      if (schema && table && rest.length === 0) qualified.push([schema, table]);
    }
  }
  return { qualified, called };
}

function nameOf(token: string): string | undefined {
  if (/^[A-Za-z_]/.test(token)) return token;
  return /^[`"]/.test(token) && token.length > 1 ? unescaped(token) : undefined;
}

function unescaped(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(.)/g, "$1");
}

import type { Plugin } from "vite";

/** What other modules refer to and nothing in the page calls. */
const UNUSED = [
  // Zod's printer of JSON Schema, 33 kB of source: the page only parses.
  /\/zod\/v4\/core\/(?:to-json-schema|json-schema-processors)\.js$/,
  // Zod's English sentences: what a person types is checked by rules that bring their own.
  /\/zod\/v4\/locales\/en\.js$/,
  // Mantine's printer of its variables as a style sheet, 11 kB: `withCssVariables={false}`, they come from our style sheets.
  /\/@mantine\/core\/esm\/core\/MantineProvider\/MantineCssVariables\/MantineCssVariables\.mjs$/,
];
const EXPORTED = /^export (?:const|function|class) (\w+)|^export \{ ([\w, ]+) \};/gm;

/** Leaves that code out of the built page: each of its exports becomes a function that does nothing, its default export one that answers `{}`. */
export function withoutUnused(): Plugin {
  return {
    name: "snapdeck-without-unused",
    apply: "build",
    transform(code, id) {
      if (!UNUSED.some((module) => module.test(id))) return undefined;
      const names = Array.from(code.matchAll(EXPORTED), ([, one, list]) => one ?? list ?? "").flatMap(exportedNames);
      const stubs = names.map((name) => `export const ${name} = () => undefined;`);
      if (code.includes("export default")) stubs.push("export default () => ({});");
      return { code: stubs.join("\n"), map: null, moduleSideEffects: false };
    },
  };
}

/** Of `one, two as three`: one, three. */
function exportedNames(list: string): string[] {
  return list.split(", ").map((entry) => entry.split(" as ").at(-1) ?? entry);
}

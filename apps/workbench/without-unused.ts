import type { Plugin } from "vite";

/** What other modules refer to and nothing in the page calls. */
const UNUSED = [
  // Zod's printer of JSON Schema, 33 kB of source: the page only parses.
  /\/zod\/v4\/core\/(?:to-json-schema|json-schema-processors)\.js$/,
  // Zod's English sentences: what a person types is checked by rules that bring their own.
  /\/zod\/v4\/locales\/en\.js$/,
  // Mantine's printer of its variables as a style sheet, 11 kB: `withCssVariables={false}`, they come from our style sheets.
  /\/@mantine\/core\/esm\/core\/MantineProvider\/MantineCssVariables\/MantineCssVariables\.mjs$/,
  // Its printer of global classes: `withGlobalClasses={false}`, for the same reason.
  /\/@mantine\/core\/esm\/core\/MantineProvider\/MantineClasses\/MantineClasses\.mjs$/,
  // Rows of joined buttons, which every button brings along.
  /\/@mantine\/core\/esm\/components\/(?:Button|ActionIcon)\/\w+Group\w*\/\w+\.mjs$/,
];
/** Mantine's own spinner in a button, with its transitions: `BusyButton` shows ours, which keeps the focus. */
const SPINNER = {
  module: /\/@mantine\/core\/esm\/components\/(?:Button|ActionIcon)\/\w+\.mjs$/,
  when: 'typeof loading === "boolean"',
};
const EXPORTED = /^export (?:const|function|class) (\w+)|^export \{ ([\w, ]+) \};/gm;

/** Leaves that code out of the built page: each of its exports becomes a function that does nothing, its default export one that answers `{}`. */
export function withoutUnused(): Plugin {
  return {
    name: "snapdeck-without-unused",
    apply: "build",
    transform(code, id) {
      if (SPINNER.module.test(id)) return { code: code.replace(SPINNER.when, "false"), map: null };
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

import type { Plugin } from "vite";

const PRINTER = /\/zod\/v4\/core\/(?:to-json-schema|json-schema-processors)\.js$/;
const EXPORTED = /^export (?:const|function|class) (\w+)/gm;

/**
 * Leaves zod's printer of JSON Schema out of the page, which only parses: 33 kB of source that every schema refers to and that
 * nothing here calls. Each of its exports becomes a function that does nothing.
 */
export function withoutJsonSchema(): Plugin {
  return {
    name: "snapdeck-without-json-schema",
    apply: "build",
    transform(code, id) {
      if (!PRINTER.test(id)) return undefined;
      const stubs = Array.from(code.matchAll(EXPORTED), ([, name]) => `export const ${name} = () => undefined;`);
      return { code: stubs.join("\n"), map: null, moduleSideEffects: false };
    },
  };
}

import { readFile, writeFile } from "node:fs/promises";

const PAGE = new URL("../../docs/benchmarks.md", import.meta.url);

/** Puts what was measured between the marks of its part, in the place of what was measured before. */
export async function writeToPage(part: string, text: string): Promise<void> {
  const page = await readFile(PAGE, "utf8");
  const [begin, end] = [`<!-- measured: ${part} -->`, "<!-- /measured -->"];
  const from = page.indexOf(begin);
  const to = page.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`docs/benchmarks.md has no marks for ${part}`);
  await writeFile(PAGE, `${page.slice(0, from)}${begin}\n${text}\n${page.slice(to)}`);
}

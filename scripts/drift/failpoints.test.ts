import { describe, expect, test } from "vitest";
import { readTracked, trackedFiles } from "./tracked-files.ts";

const files = trackedFiles();
const sources = files.filter((path) => /^(apps|packages)\/[^/]+\/src\/.*(?<!\.test)\.ts$/.test(path));
const cases = files.filter((path) => /^e2e\/faults\/.*\.ts$|^apps\/[^/]+\/tests\/.*\.ts$/.test(path));

/** A name as the sources give it; one that is put together at run time stands for all that fit. */
type Failpoint = { readonly name: string; readonly fits: RegExp };

const failpoints = sources.flatMap((path) =>
  [...readTracked(path).matchAll(/\bfailpoint\((?:"([^"]+)"|`([^`]+)`)\)/g)].map(
    ([, plain, template = ""]): Failpoint => {
      if (plain !== undefined) return { name: plain, fits: new RegExp(`^${escaped(plain)}$`) };
      const parts = template.split(/\$\{[^}]*\}/);
      return { name: template, fits: new RegExp(`^${parts.map(escaped).join("[\\w.]+")}$`) };
    },
  ),
);

/** What tests name: `backup.beforeManifest`, also where they arm it (`backup.beforeManifest=kill`). */
const named = new Set(
  cases.flatMap((path) => readTracked(path).match(/\b[a-z]\w*(?:\.rank\d+)?\.(?:before|after|mid)[A-Z]\w*/g) ?? []),
);

/** What tests put together: `swap.${name}` in a file that lists `"afterMarker"` stands for `swap.afterMarker`. */
const putTogether = cases.flatMap((path) => {
  const text = readTracked(path);
  const works = [...text.matchAll(/\b([a-z]\w*)\.\$\{/g)].map(([, work]) => work);
  const moments = [...text.matchAll(/"((?:before|after|mid)[A-Z]\w*)"/g)].map(([, moment]) => moment);
  return works.flatMap((work) => moments.map((moment) => `${work}.${moment}`));
});

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

describe("a failpoint", () => {
  test.each(failpoints.map(({ name, fits }) => [name, fits] as const))("%s is used by a case", (_, fits) => {
    expect([...named, ...putTogether].some((name) => fits.test(name))).toBe(true);
  });

  test("that a case names is in the sources: one that is misspelt would break nothing", () => {
    const unknown = [...named].filter((name) => !failpoints.some(({ fits }) => fits.test(name)));
    expect(unknown).toEqual([]);
  });
});

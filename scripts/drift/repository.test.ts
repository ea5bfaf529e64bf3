import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { PROBLEMS } from "@snapdeck/contract/problem";
import { describe, expect, test } from "vitest";
import { ROOT } from "../setup/root.mjs";
import { readTracked, trackedFiles } from "./tracked-files.ts";

const files = trackedFiles();
const TEXT = /\.(ts|tsx|mjs|json|md|css|html|svg|yml|yaml|txt|editorconfig|npmrc|gitignore|gitattributes)$|^\.ci\/run$/;
const TEST = /\.(test\.tsx?|story\.ts|fault\.ts)$/;

describe("the import law", () => {
  const workspaces = files
    .filter((path) => /^((apps|packages)\/[^/]+|bench|e2e)\/package\.json$/.test(path))
    .map(dirname);
  const tags: Record<string, unknown> = JSON.parse(readTracked("turbo.json")).boundaries.tags;

  // A package without a tag is free to import anything: turbo says nothing about it.
  test.each(workspaces)("binds %s: it has one tag, and the tag has a rule", (workspace) => {
    const own = JSON.parse(readTracked(`${workspace}/turbo.json`));
    expect(own.tags).toHaveLength(1);
    expect(Object.keys(tags)).toContain(own.tags[0]);
  });
});

describe("the documents", () => {
  const has = (path: string) => existsSync(join(ROOT, path));

  test.runIf(has("README.md"))("README.md shows both commands", () => {
    expect(readTracked("README.md")).toMatch(/^npm start$/m);
    expect(readTracked("README.md")).toMatch(/^npm test$/m);
  });

  test.runIf(has("docs/problems.md"))("docs/problems.md has one heading for each problem, and no other", () => {
    const headings = [...readTracked("docs/problems.md").matchAll(/^#{2,4} `?([a-z]+(?:-[a-z]+)*)`?$/gm)].map(
      ([, code]) => code,
    );
    expect(headings.toSorted()).toEqual(Object.keys(PROBLEMS).toSorted());
  });

  test.runIf(has("docs/invariants.md"))("each promise of docs/invariants.md is named by a test", () => {
    const promised = new Set(
      [...readTracked("docs/invariants.md").matchAll(/^[#|*\s-]*\**(I\d+)\b/gm)].map(([, id]) => id ?? ""),
    );
    expect(promised.size).toBeGreaterThan(0);
    const tested = new Set(
      files
        // CLUSTER_CHECKS are tests as data: the suites of all adapters run them.
        .filter((path) => TEST.test(path) || /^packages\/core\/src\/checks\//.test(path))
        .flatMap((path) => readTracked(path).match(/\bI\d+\b/g) ?? []),
    );
    expect([...promised].filter((id) => !tested.has(id))).toEqual([]);
    expect([...tested].filter((id) => !promised.has(id))).toEqual([]);
  });

  const documents = files.filter((path) => path.endsWith(".md"));
  test.each(documents)("%s links to files that are there", (document) => {
    const links = [...readTracked(document).matchAll(/\]\(([^)\s#]+)(?:#[^)\s]*)?\)/g)].map(([, link]) => link ?? "");
    const missing = links.filter((link) => !/^[a-z]+:/.test(link) && !existsSync(join(ROOT, dirname(document), link)));
    expect(missing).toEqual([]);
  });
});

describe("the repository", () => {
  test("names no folder of the machine it was written on", () => {
    const foreign = /(?<![\w.$}~-])\/(?:work|home\/[a-z]+|Users\/\w+|root)\//;
    const naming = files.filter(
      (path) => TEXT.test(path) && path !== "scripts/drift/repository.test.ts" && foreign.test(readTracked(path)),
    );
    expect(naming).toEqual([]);
  });

  test("has no test that is skipped for everybody or runs alone", () => {
    const marked = /\b(?:test|describe|it)\.(?:only|skip|fixme|todo)\(/;
    expect(files.filter((path) => TEST.test(path) && marked.test(readTracked(path)))).toEqual([]);
  });

  test("locks packages without naming the registry they came from", () => {
    expect(readTracked("package-lock.json")).not.toMatch(/"resolved": "https?:/);
  });

  // npm ci refuses a lock that leaves out a platform, and the machines of that platform would be left without the program.
  test("locks its packages for every platform that they come for", () => {
    type Locked = { optionalDependencies?: Record<string, string> };
    const packages: Record<string, Locked> = JSON.parse(readTracked("package-lock.json")).packages;
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) =>
          packages[`node_modules/${name}`] === undefined && packages[`${path}/node_modules/${name}`] === undefined,
      ),
    );
    expect(missing).toEqual([]);
  });

  test("asks for the same Node everywhere", () => {
    expect(JSON.parse(readTracked("package.json")).engines.node).toBe(">=20.19");
    expect(readTracked("scripts/setup/node-version.mjs")).toContain("{ major: 20, minor: 19 }");
  });
});

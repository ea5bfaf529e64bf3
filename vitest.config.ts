import { defineConfig } from "vitest/config";

/**
 * Four tiers, told apart by name and place: `x.test.ts` beside the code does no I/O, `tests/*.test.ts` in a package uses
 * real engines, real files and real sockets, `e2e/faults/*.fault.ts` breaks the built programs on purpose, and
 * `e2e/stories/*.story.ts` belongs to Playwright. Beside them, `scripts/drift` compares the repository with what it says of itself.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          // Generated cases and password hashes take their time on a machine that is busy with other things.
          testTimeout: 30_000,
          include: ["{apps,packages}/*/src/**/*.test.{ts,tsx}", "scripts/{setup,launcher,checks}/*.test.ts"],
        },
      },
      { test: { name: "drift", include: ["scripts/drift/*.test.ts"] } },
      {
        test: {
          name: "integration",
          include: ["{apps,packages}/*/tests/**/*.test.ts", "scripts/tests/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Each file may start engines; two at a time is what a two-core machine can carry.
          maxWorkers: 2,
          // After the others: vitest runs projects of different widths in groups.
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: "faults",
          include: ["e2e/faults/**/*.fault.ts"],
          globalSetup: ["e2e/faults/clean-run.ts"],
          hookTimeout: 120_000,
          // Each file runs a BFF, a host manager and its engines, and kills them one case after the other.
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});

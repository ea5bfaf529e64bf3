import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { openStateDatabase } from "../src/state/open-state-database.ts";
import type { StateDatabase } from "../src/state/state-database.ts";

/** A directory that is gone after the test. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "snapdeck-bff-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A fresh state database that is closed and gone after the test. */
export async function temporaryState(): Promise<StateDatabase> {
  const database = await openStateDatabase(join(temporaryDirectory(), "state.sqlite"));
  onTestFinished(() => database.close());
  return database;
}

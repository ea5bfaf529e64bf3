import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The configuration of a second process beside the one that runs: the same, but for what is given. Answers its file. */
export function withConfig(home: string, name: "bff" | "host", other: Record<string, unknown>): string {
  const config: unknown = JSON.parse(readFileSync(join(home, `${name}.json`), "utf8"));
  const file = join(home, `second-${name}.json`);
  writeFileSync(file, JSON.stringify({ ...Object(config), ...other }));
  return file;
}

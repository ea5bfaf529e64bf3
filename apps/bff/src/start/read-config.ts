import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { Config } from "../config.ts";
import { StartFailure } from "./start-failure.ts";

const HINT = "Give one JSON document with --config <file> or on standard input";

async function readSource(args: readonly string[]): Promise<{ name: string; source: string }> {
  let path: string | undefined;
  try {
    path = parseArgs({ args: [...args], options: { config: { type: "string" } } }).values.config;
  } catch {
    throw new StartFailure("bad-config", `the arguments are not understood. ${HINT}`);
  }
  if (path === undefined) return { name: "standard input", source: await text(process.stdin) };
  try {
    return { name: path, source: await readFile(path, "utf8") };
  } catch (error) {
    throw new StartFailure("bad-config", `the configuration ${path} cannot be read. ${HINT}`, error);
  }
}

/** Checks the configuration. `name` says where it came from. Throws `bad-config`, which repeats no value: there may be secrets. */
export function parseConfig(name: string, source: string): Config {
  let json: unknown;
  try {
    json = JSON.parse(source);
  } catch {
    throw new StartFailure("bad-config", `the configuration from ${name} is not JSON. ${HINT}`);
  }
  const parsed = Config.safeParse(json);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join(".")}: ${message}`,
  );
  throw new StartFailure("bad-config", `the configuration from ${name} is wrong: ${issues.join("; ")}`);
}

/** The configuration named by the arguments (`--config <file>`), or read from standard input. */
export async function readConfig(args: readonly string[]): Promise<Config> {
  const { name, source } = await readSource(args);
  return parseConfig(name, source);
}

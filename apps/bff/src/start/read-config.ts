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

/** What of the environment belongs to the configuration, where that does not say it itself. */
export type Environment = { readonly DATABASE_URL?: string | undefined };

/** Checks the configuration. `name` says where it came from. Throws `bad-config`, which repeats no value: there may be secrets. */
export function parseConfig(name: string, source: string, environment: Environment = {}): Config {
  let json: unknown;
  try {
    json = JSON.parse(source);
  } catch {
    throw new StartFailure("bad-config", `the configuration from ${name} is not JSON. ${HINT}`);
  }
  const parsed = Config.safeParse(withEnvironment(json, environment));
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join(".")}: ${message}`,
  );
  throw new StartFailure("bad-config", `the configuration from ${name} is wrong: ${issues.join("; ")}`);
}

function withEnvironment(json: unknown, { DATABASE_URL: databaseUrl = "" }: Environment): unknown {
  if (databaseUrl === "" || typeof json !== "object" || json === null) return json;
  return { databaseUrl, ...json };
}

/** The configuration named by the arguments (`--config <file>`), or read from standard input. */
export async function readConfig(args: readonly string[]): Promise<Config> {
  const { name, source } = await readSource(args);
  const { DATABASE_URL } = process.env;
  return parseConfig(name, source, { DATABASE_URL });
}

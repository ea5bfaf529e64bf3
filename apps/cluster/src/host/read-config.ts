import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { HostConfig } from "@snapdeck/contract/host";
import type { z } from "zod";
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
export function parseConfig(name: string, source: string): HostConfig {
  let json: unknown;
  try {
    json = JSON.parse(source);
  } catch {
    throw new StartFailure("bad-config", `the configuration from ${name} is not JSON. ${HINT}`);
  }
  const parsed = HostConfig.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new StartFailure("bad-config", `the configuration from ${name} is wrong: ${describeIssues(parsed.error)}`);
}

/** What a schema found, on one line: where, and what is expected there. */
export function describeIssues(error: z.core.$ZodError): string {
  return error.issues
    .map((issue) => (issue.path.length === 0 ? issue.message : `${issue.path.join(".")}: ${issue.message}`))
    .join("; ");
}

/** The configuration named by the arguments (`--config <file>`), or read from standard input. */
export async function readConfig(args: readonly string[]): Promise<HostConfig> {
  const { name, source } = await readSource(args);
  return parseConfig(name, source);
}

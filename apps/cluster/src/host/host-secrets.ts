import { randomBytes } from "node:crypto";
import { lstatSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readOwnFile, writeDurably } from "./durable-file.ts";
import { unsafeBecause } from "./private-directory.ts";
import { StartFailure } from "./start-failure.ts";

/** The one user of a rank; who may do what is decided above it. */
export const RANK_USERNAME = "snapdeck";

const Secrets = z.strictObject({ rankPassword: z.string().min(32) });

/** 32 bytes: more than anybody can guess, and a round number of base64url digits. */
export function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

async function readSecretFile(path: string): Promise<string | undefined> {
  const text = await readOwnFile(path);
  if (text === undefined) return undefined;
  const reason = unsafeBecause(lstatSync(path), process.getuid?.() ?? 0);
  if (reason !== undefined) throw new StartFailure("directory-unsafe", `the secret ${path} is not safe: ${reason}`);
  return text;
}

/** The token that callers of the host manager show, and its file. Made on the first start; stays. */
export async function hostToken(clusterDir: string): Promise<{ token: string; tokenFile: string }> {
  const tokenFile = join(clusterDir, "host-token");
  const known = (await readSecretFile(tokenFile))?.trim();
  if (known !== undefined && known.length >= 43) return { token: known, tokenFile };
  const token = newSecret();
  await writeDurably(tokenFile, `${token}\n`);
  return { token, tokenFile };
}

/** The password of the ranks. Made on the first start; stays. */
export async function rankPassword(clusterDir: string): Promise<string> {
  const path = join(clusterDir, "secrets");
  const text = await readSecretFile(path);
  if (text === undefined) {
    const secrets = { rankPassword: newSecret() };
    await writeDurably(path, `${JSON.stringify(secrets)}\n`);
    return secrets.rankPassword;
  }
  try {
    return Secrets.parse(JSON.parse(text)).rankPassword;
  } catch {
    throw new StartFailure(
      "cluster-damaged",
      `${path} is damaged; the data is untouched. Remove it: a new password is made`,
    );
  }
}

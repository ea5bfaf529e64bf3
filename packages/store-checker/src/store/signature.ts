import { canonicalSha256 } from "../canonical-hash.ts";
import type { Pace } from "../pace.ts";
import type { SigningKey } from "../signing-key.ts";

/**
 * What is wrong with the signature of a document as it stands on the store; undefined when nothing is. Without a key only its absence
 * shows.
 * @param about what the signed text begins with: a signature of one kind of document must not do for another
 */
export async function signatureFault(
  document: object,
  about: "snapdeck-manifest" | "snapdeck-proof",
  key: SigningKey | undefined,
  pace: Pace,
): Promise<string | undefined> {
  const { signature, ...signed } = { signature: undefined, ...document };
  if (typeof signature !== "string") return "is not signed";
  if (key === undefined) return undefined;
  let opened: string;
  try {
    opened = key.open(signature);
  } catch (thrown) {
    return `has a signature that ${thrown instanceof Error ? thrown.message : "cannot be read"}`;
  }
  const expected = `${about} ${await canonicalSha256(signed, pace)}`;
  return opened === expected ? undefined : "is not what was signed: it was changed since";
}

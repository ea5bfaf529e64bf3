import { createHash, type Hash } from "node:crypto";
import type { Pace } from "./pace.ts";

/** Text is hashed in pieces of about this many characters. */
const PIECE = 16_384;

/**
 * SHA-256 over the canonical form of a JSON value: the members of every object in the order of their names, no white space. The form
 * is written and hashed piece by piece, so that a manifest of many files neither stops others nor stands in memory twice.
 */
export async function canonicalSha256(value: unknown, pace: Pace): Promise<string> {
  const writer = new CanonicalWriter(pace);
  await writer.write(value);
  return writer.digest();
}

class CanonicalWriter {
  readonly #pace: Pace;
  readonly #hash: Hash = createHash("sha256");
  #piece = "";

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  digest(): string {
    return this.#hash.update(this.#piece).digest("hex");
  }

  async write(value: unknown): Promise<void> {
    if (Array.isArray(value)) return this.#list(value);
    if (typeof value === "object" && value !== null) return this.#members(value);
    this.#text(JSON.stringify(value));
  }

  async #list(values: readonly unknown[]): Promise<void> {
    this.#text("[");
    for (const [at, value] of values.entries()) {
      if (at > 0) this.#text(",");
      await this.write(value);
      if (this.#pace.isDue) await this.#pace.breathe();
    }
    this.#text("]");
  }

  async #members(object: object): Promise<void> {
    this.#text("{");
    const members = Object.entries(object).sort(([one], [other]) => (one < other ? -1 : 1));
    for (const [at, [name, value]] of members.entries()) {
      this.#text(`${at > 0 ? "," : ""}${JSON.stringify(name)}:`);
      await this.write(value);
    }
    this.#text("}");
  }

  #text(text: string): void {
    this.#piece += text;
    if (this.#piece.length < PIECE) return;
    this.#hash.update(this.#piece);
    this.#piece = "";
  }
}

import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { SealingKey } from "./sealing-key.ts";

const FORM = /^v1\.([0-9a-f]{16})\.([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]*)\.([A-Za-z0-9_-]{22})$/;

/** 96 bits, as NIST SP 800-38D section 8.2 recommends; random, which is safe for 2^32 texts under one key. */
const IV_BYTES = 12;

/**
 * Encrypts and authenticates text with AES-256-GCM under a key that is not kept where the text is. Sealed text is
 * `v1.<key id>.<iv>.<ciphertext>.<tag>`: version and key id are authenticated too.
 */
export class Sealer {
  readonly #key: SealingKey;

  constructor(key: SealingKey) {
    this.#key = key;
  }

  seal(text: string): string {
    const head = `v1.${this.#key.id}`;
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.#key.bytes, iv).setAAD(Buffer.from(head));
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
    return [head, ...[iv, sealed, cipher.getAuthTag()].map((part) => part.toString("base64url"))].join(".");
  }

  /** Throws when the text was not sealed with this key or was changed since; the message holds nothing of the text. */
  unseal(sealed: string): string {
    const [, keyId, iv, text, tag] = FORM.exec(sealed) ?? [];
    if (keyId === undefined || iv === undefined || text === undefined || tag === undefined) {
      throw new Error("this is not a sealed text");
    }
    if (keyId !== this.#key.id) throw new Error(`sealed with the key ${keyId}, and this is the key ${this.#key.id}`);
    const decipher = createDecipheriv("aes-256-gcm", this.#key.bytes, Buffer.from(iv, "base64url"))
      .setAAD(Buffer.from(`v1.${keyId}`))
      .setAuthTag(Buffer.from(tag, "base64url"));
    try {
      return Buffer.concat([decipher.update(Buffer.from(text, "base64url")), decipher.final()]).toString("utf8");
    } catch (cause) {
      throw new Error("the sealed text was changed since it was sealed", { cause });
    }
  }
}

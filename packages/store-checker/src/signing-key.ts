import { createDecipheriv, createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";

/** `v1.<key id>.<96-bit iv>.<ciphertext>.<128-bit tag>`, each after the id in base64url; AES-256-GCM, version and id authenticated. */
const SEALED = /^(v1\.([0-9a-f]{16}))\.([\w-]{16})\.([\w-]*)\.([\w-]{22})$/;

/** Opens what a console sealed with its key. It cannot seal. */
export class SigningKey {
  readonly id: string;
  readonly #bytes: Buffer;

  private constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.id = createHash("sha256").update("snapdeck sealing key id").update(bytes).digest("hex").slice(0, 16);
  }

  /** @throws {SnapdeckError} `internal` naming the file when it holds no key or cannot be read */
  static async read(file: string): Promise<SigningKey> {
    let text: string;
    try {
      text = await readFile(file, "utf8");
    } catch (cause) {
      throw new SnapdeckError("internal", `the key ${file} cannot be read; nothing was checked`, { cause });
    }
    const bytes = Buffer.from(text.trim(), "base64");
    if (bytes.length === 32) return new SigningKey(bytes);
    throw new SnapdeckError("internal", `the key ${file} is damaged; nothing was checked`);
  }

  /** Throws an Error that says why it cannot, and nothing of what was sealed. */
  open(sealed: string): string {
    const [, head, keyId, iv, text, tag] = SEALED.exec(sealed) ?? [];
    if (head === undefined || keyId === undefined || iv === undefined || text === undefined || tag === undefined) {
      throw new Error("has not the form of a sealed text");
    }
    if (keyId !== this.id) throw new Error(`was sealed with the key ${keyId}, and this console's is ${this.id}`);
    const decipher = createDecipheriv("aes-256-gcm", this.#bytes, Buffer.from(iv, "base64url"));
    decipher.setAAD(Buffer.from(head)).setAuthTag(Buffer.from(tag, "base64url"));
    try {
      return decipher.update(text, "base64url", "utf8") + decipher.final("utf8");
    } catch (cause) {
      throw new Error("was changed since it was sealed", { cause });
    }
  }
}

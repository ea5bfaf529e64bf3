import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { hashToken, newToken, sameSecret } from "./token.ts";

/**
 * The one-time link that lets its holder make the first admin. Only its hash is kept, in memory: each start without users makes
 * a new link, so one that was lost or seen is worth nothing after a restart.
 */
export class SetupLink {
  #hash: string | undefined;

  /** Makes the link's token; the one before is worth nothing from now on. */
  make(): string {
    const token = newToken();
    this.#hash = hashToken(token);
    return token;
  }

  /** @throws {SnapdeckError} `setup-link-invalid` */
  check(token: string): void {
    if (this.#hash !== undefined && sameSecret(this.#hash, hashToken(token))) return;
    throw new SnapdeckError("setup-link-invalid", "this setup link is not the one that Snapdeck printed last", {
      hint: "Use the newest link in the output of the start; a restart prints a new one.",
    });
  }

  /** The first admin exists: the link is used up. */
  spend(): void {
    this.#hash = undefined;
  }
}

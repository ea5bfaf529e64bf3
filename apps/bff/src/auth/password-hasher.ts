import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";

/** How expensive one guess is: `costLog2` is log2 of scrypt's N, `blockSize` its r, `parallelism` its p. */
export type ScryptCost = { readonly costLog2: number; readonly blockSize: number; readonly parallelism: number };

/** OWASP Password Storage Cheat Sheet, scrypt: N = 2^17, r = 8, p = 1, which takes 128 MiB and about 0.4 s. */
export const OWASP_COST: ScryptCost = { costLog2: 17, blockSize: 8, parallelism: 1 };

const SALT_BYTES = 16;
const KEY_BYTES = 32;
/** Two at a time hold 256 MiB; those that wait hold nothing. */
const AT_ONCE = 2;
/** At two at a time the last of them waits 6 s; whoever comes after that is sent away. */
const MOST_WAITING = 32;

type Stored = { readonly cost: ScryptCost; readonly salt: Buffer; readonly key: Buffer };

const FORM = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

function read(stored: string): Stored {
  const [, costLog2, blockSize, parallelism, salt, key] = FORM.exec(stored) ?? [];
  if (salt === undefined || key === undefined) throw new Error("a stored password hash is not one of ours");
  return {
    cost: { costLog2: Number(costLog2), blockSize: Number(blockSize), parallelism: Number(parallelism) },
    salt: Buffer.from(salt, "base64"),
    key: Buffer.from(key, "base64"),
  };
}

function unpadded(bytes: Buffer): string {
  return bytes.toString("base64").replaceAll("=", "");
}

/**
 * Hashes passwords with scrypt, on Node's thread pool and only a few at a time, so that a flood of sign-ins takes neither the
 * memory nor the event loop. A hash names its own parameters (`$scrypt$ln=17,r=8,p=1$salt$key`), so they can grow later.
 */
export class PasswordHasher {
  readonly #cost: ScryptCost;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** @param cost Default: OWASP's. */
  constructor(cost: ScryptCost = OWASP_COST) {
    this.#cost = cost;
  }

  /** @throws {SnapdeckError} `too-many-requests` when too many wait already. */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(SALT_BYTES);
    const key = await this.#derive(password, salt, this.#cost);
    const { costLog2, blockSize, parallelism } = this.#cost;
    return `$scrypt$ln=${costLog2},r=${blockSize},p=${parallelism}$${unpadded(salt)}$${unpadded(key)}`;
  }

  /**
   * Whether `password` is the one that was hashed. Without a stored hash (an unknown user) it takes as long and answers false, so
   * that the time tells nobody which names exist.
   * @throws {SnapdeckError} `too-many-requests` when too many wait already.
   */
  async matches(password: string, stored: string | undefined): Promise<boolean> {
    const { cost, salt, key } =
      stored === undefined ? { cost: this.#cost, salt: randomBytes(SALT_BYTES), key: undefined } : read(stored);
    const derived = await this.#derive(password, salt, cost);
    return key !== undefined && key.length === derived.length && timingSafeEqual(key, derived);
  }

  async #derive(password: string, salt: Buffer, cost: ScryptCost): Promise<Buffer> {
    await this.#turn();
    try {
      return await new Promise((resolve, reject) => {
        const N = 2 ** cost.costLog2;
        const maxmem = 2 * 128 * N * cost.blockSize;
        const options = { N, r: cost.blockSize, p: cost.parallelism, maxmem };
        scrypt(password, salt, KEY_BYTES, options, (error, key) => (error === null ? resolve(key) : reject(error)));
      });
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }

  async #turn(): Promise<void> {
    if (this.#running >= AT_ONCE) {
      if (this.#waiting.length >= MOST_WAITING) {
        throw new SnapdeckError("too-many-requests", "too many people are signing in at this moment", {
          hint: "Try again in a few seconds.",
        });
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#running += 1;
  }
}

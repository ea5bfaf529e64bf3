import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readOwnFile } from "./durable-file.ts";
import { ProcessIdentity } from "./process-identity.ts";

const Records = z.array(ProcessIdentity);

/**
 * The rank processes of this host manager, in `processes.json`, written before a rank is told its directory: a host manager
 * that starts after a crash knows whom to wait for. Not synced to disk: after a power cut there are no processes.
 */
export class ProcessRecords {
  readonly #path: string;
  readonly #alive = new Map<number, ProcessIdentity>();

  constructor(clusterDir: string) {
    this.#path = join(clusterDir, "processes.json");
  }

  /** Those that the last host manager had, whether they still live or not. */
  async leftBehind(): Promise<ProcessIdentity[]> {
    const text = await readOwnFile(this.#path);
    if (text === undefined) return [];
    try {
      return Records.parse(JSON.parse(text));
    } catch {
      // Cut off by a power cut. A process that lived through no boot needs no record, and the engine's lock is checked too.
      return [];
    }
  }

  /** Throws when it cannot be written down; the process must not go on then. */
  add(identity: ProcessIdentity): void {
    this.#alive.set(identity.pid, identity);
    this.#write();
  }

  /** On a full disk the record of a process that is gone stays until the next one is written: whoever reads it sees that it is gone. */
  remove(identity: ProcessIdentity): void {
    this.#alive.delete(identity.pid);
    try {
      this.#write();
    } catch {
      // The host manager must not fall over what it only notes.
    }
  }

  clear(): void {
    this.#alive.clear();
    rmSync(this.#path, { force: true });
  }

  #write(): void {
    const aside = `${this.#path}.new`;
    try {
      writeFileSync(aside, JSON.stringify([...this.#alive.values()]), { mode: 0o600 });
      renameSync(aside, this.#path);
    } catch (error) {
      rmSync(aside, { force: true });
      throw error;
    }
  }
}

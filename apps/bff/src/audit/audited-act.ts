import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Actor, AuditLog } from "../services.ts";

/** Writes what was asked for and refused to the audit trail; what was accepted is written with the change itself. */
export class AuditedAct {
  readonly #log: AuditLog;

  constructor(log: AuditLog) {
    this.#log = log;
  }

  async refusals<T>(actor: Actor, act: string, target: string, run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      const result = `refused: ${error instanceof SnapdeckError ? error.code : "internal"}`;
      const { username, origin, requestId } = actor;
      await this.#log.append({ actor: username, origin, requestId, act, target, result });
      throw error;
    }
  }
}

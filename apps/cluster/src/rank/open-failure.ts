import type { RankFailureCode } from "./rank-messages.ts";

/** Why a rank could not open. `detail` is for an operator: what happened and what it means for the data; no secret, no stack. */
export class OpenFailure extends Error {
  override readonly name = "OpenFailure";
  readonly code: RankFailureCode;
  readonly detail: string;

  constructor(code: RankFailureCode, detail: string, options?: ErrorOptions) {
    super(`${code}: ${detail}`, options);
    this.code = code;
    this.detail = detail;
  }
}

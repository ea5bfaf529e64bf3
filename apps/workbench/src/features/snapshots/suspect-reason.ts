/** What the server takes as a reason to restore a suspect backup, in characters without the space around it. */
export const REASON_MIN = 10;
export const REASON_MAX = 500;

export function reasonLength(reason: string): number {
  return reason.trim().length;
}

export function isReason(reason: string): boolean {
  return reasonLength(reason) >= REASON_MIN && reasonLength(reason) <= REASON_MAX;
}

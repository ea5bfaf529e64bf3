/**
 * A new `Idempotency-Key`: 128 random bits in hexadecimal. Not `crypto.randomUUID`, which browsers offer only over TLS or on
 * loopback.
 */
export function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

type Checks = {
  safeParse(value: unknown): { success: true } | { success: false; error: { issues: readonly { message: string }[] } };
};

/** What the contract has against a value, as a sentence for below its field; undefined when nothing. */
export function fieldError(schema: Checks, value: unknown): string | undefined {
  const parsed = schema.safeParse(value);
  if (parsed.success) return undefined;
  const message = parsed.error.issues[0]?.message ?? "This value cannot be used";
  return message.charAt(0).toUpperCase() + message.slice(1);
}

import { inspect } from "node:util";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { ObjectStore } from "@snapdeck/core/ports/object-store";

/** The failure that some work ends in; throws when it ends otherwise. */
export async function failureOf(work: Promise<unknown>): Promise<SnapdeckError> {
  const thrown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(thrown instanceof SnapdeckError)) throw new Error(`it did not fail as foreseen: ${inspect(thrown)}`);
  return thrown;
}

/** Calls of the port that differ in how the AWS SDK reports a failure. */
export function callsOf(store: ObjectStore): Promise<unknown>[] {
  return [
    store.space(),
    store.folders("local"),
    store.read("local/file", 100),
    store.digest("local/file", "sha256", new AbortController().signal),
    store.publish("local/file", new TextEncoder().encode("x")),
    store.remove("local/file"),
    store.removeAll("local"),
  ];
}

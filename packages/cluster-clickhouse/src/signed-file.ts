import { createHash } from "node:crypto";
import type { ObjectStore } from "@snapdeck/core/ports/object-store";
import type { Sealer } from "./cluster-parts.ts";

type Signed = { signature?: string | undefined };

/** Signs a document with the sealer's key. `kind` keeps the signature of one kind of document from fitting another. */
export async function sign<T extends Signed>(sealer: Sealer, kind: string, document: T): Promise<T> {
  return { ...document, signature: await sealer.seal(signedText(kind, document)) };
}

/** Why a document is not believed: `undefined` when this console's key signed exactly it. */
export async function doubtOf(
  sealer: Sealer,
  kind: string,
  document: Signed,
): Promise<{ why: string; cause: unknown } | undefined> {
  if (document.signature === undefined) return { why: "is not signed", cause: undefined };
  const why = "was not signed by this console, or was changed since";
  try {
    const signed = await sealer.unseal(document.signature);
    return signed === signedText(kind, document) ? undefined : { why, cause: undefined };
  } catch (cause) {
    return { why, cause };
  }
}

/**
 * Publishes a file and reads it back; answers whether it is there as it was written. One that was published although the store said
 * that it failed is made durable, and counts.
 * @throws {SnapdeckError} `disk-full`, `store-unavailable` when it was not published
 */
export async function publishAndReadBack(
  store: ObjectStore,
  path: string,
  contents: Uint8Array,
  maxBytes: number,
): Promise<boolean> {
  try {
    await store.publish(path, contents);
  } catch (thrown) {
    if (!(await holds(store, path, contents, maxBytes).catch(() => false))) throw thrown;
    await store.sync(path.slice(0, path.lastIndexOf("/")));
  }
  return holds(store, path, contents, maxBytes);
}

async function holds(store: ObjectStore, path: string, contents: Uint8Array, maxBytes: number): Promise<boolean> {
  const readBack = await store.read(path, maxBytes);
  return readBack !== undefined && sha256(readBack) === sha256(contents);
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function signedText(kind: string, { signature: _, ...document }: Signed): string {
  return `${kind} ${sha256(new TextEncoder().encode(canonicalJson(document)))}`;
}

/** JSON with the members of every object in the order of their names, so that equal values give equal text. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => {
    if (typeof member !== "object" || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([one], [other]) => (one < other ? -1 : 1)));
  });
}

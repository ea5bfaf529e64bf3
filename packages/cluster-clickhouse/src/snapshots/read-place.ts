import { createHash } from "node:crypto";
import type { ProofFault } from "@snapdeck/contract/proof";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { ObjectStore } from "@snapdeck/core/ports/object-store";
import { EngineChecksum } from "@snapdeck/engine-checksum/engine-checksum";
import type { Place } from "./snapshot-places.ts";

type Fault = Pick<ProofFault, "fault" | "detail">;

/** Up to so many bytes, what stands in several files is put together in memory to be compared; 64 MiB pass in milliseconds. */
const MAX_JOINED_BYTES = 64 * 1024 * 1024;

const OTHER_BYTES: Fault = { fault: "bytes", detail: "holds other bytes than were backed up" };

/**
 * Reads the bytes of one place and compares them with what is known of them; answers what is wrong. Of a file that stands in several parts
 * and has more than {@link MAX_JOINED_BYTES}, each part is read and measured, and no checksum compared: the store digests whole files.
 * @throws {SnapdeckError} `store-unavailable` when the store gives no list of files either
 */
export async function readPlace(
  store: ObjectStore,
  place: Place,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<Fault | undefined> {
  try {
    const [path, ...others] = place.paths;
    if (path === undefined) return undefined;
    if (others.length === 0) return await readFile(store, path, place, signal, onBytes);
    return place.sizeBytes <= MAX_JOINED_BYTES
      ? await readJoined(store, place, signal, onBytes)
      : await measureParts(store, place, signal, onBytes);
  } catch (thrown) {
    if (!(thrown instanceof SnapdeckError) || !OF_THE_FILE.has(thrown.code)) throw thrown;
    // A store that tells nothing says nothing of the backup: then what failed is the store.
    await store.folders();
    return { fault: "unreadable", detail: `cannot be read: ${thrown.detail}` };
  }
}

const OF_THE_FILE: ReadonlySet<string> = new Set(["store-unavailable", "backup-unusable"]);

async function readFile(
  store: ObjectStore,
  path: string,
  { sizeBytes, checksum, sha256 }: Place,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<Fault | undefined> {
  const wanted = [
    ...(checksum === undefined ? [] : [{ kind: "clickhouse", digest: checksum } as const]),
    ...(sha256 === undefined ? [] : [{ kind: "sha256", digest: sha256 } as const]),
  ];
  const kinds = wanted.length > 0 ? wanted : [{ kind: "sha256", digest: undefined } as const];
  for (const { kind, digest } of kinds) {
    const found = await store.digest(path, kind, signal, onBytes);
    if (found === undefined) return { fault: "missing", detail: "is missing" };
    if (found.sizeBytes !== sizeBytes) return { fault: "size", detail: `has ${found.sizeBytes} of ${sizeBytes} bytes` };
    if (digest !== undefined && found.digest !== digest) return OTHER_BYTES;
  }
  return undefined;
}

async function readJoined(
  store: ObjectStore,
  { paths, sizeBytes, checksum, sha256 }: Place,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<Fault | undefined> {
  const engine = new EngineChecksum();
  const hash = createHash("sha256");
  let total = 0;
  for (const path of paths) {
    signal.throwIfAborted();
    onBytes(0);
    const bytes = await store.read(path, MAX_JOINED_BYTES);
    if (bytes === undefined) return { fault: "missing", detail: `is missing (${path})` };
    engine.update(bytes);
    hash.update(bytes);
    total += bytes.length;
    onBytes(bytes.length);
  }
  if (total !== sizeBytes) return { fault: "size", detail: `has ${total} of ${sizeBytes} bytes in all its parts` };
  if (checksum !== undefined && engine.hex() !== checksum) return OTHER_BYTES;
  if (sha256 !== undefined && hash.digest("hex") !== sha256) return OTHER_BYTES;
  return undefined;
}

async function measureParts(
  store: ObjectStore,
  { paths, sizeBytes }: Place,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<Fault | undefined> {
  let total = 0;
  for (const path of paths) {
    const found = await store.digest(path, "sha256", signal, onBytes);
    if (found === undefined) return { fault: "missing", detail: `is missing (${path})` };
    total += found.sizeBytes;
  }
  return total === sizeBytes
    ? undefined
    : { fault: "size", detail: `has ${total} of ${sizeBytes} bytes in all its parts` };
}

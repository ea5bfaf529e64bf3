/** One file below a prefix. `path` is relative to the store's root, in its normal form. */
export type StoredFile = { readonly path: string; readonly sizeBytes: number };

export type DigestKind = "sha256" | "clickhouse";

/**
 * A place that keeps backups: a directory or a bucket. Paths are relative and in their normal form (`StorePath`); an
 * implementation refuses all others, follows no links, and never leaves its root.
 * Failures of the medium are `SnapdeckError("store-unavailable")`, a full one `disk-full`.
 */
export interface ObjectStore {
  /** What an operator would call it: its directory, or `s3://bucket/prefix`. Holds no secret. */
  readonly name: string;

  /** Undefined when nobody knows of an end, as with a bucket; a full one says so when it is written to. */
  space(): Promise<{ freeBytes: number; totalBytes: number } | undefined>;

  /** Names of the folders right below `prefix`, or below the store's root; empty when there is no such folder. Complete or it throws. */
  folders(prefix?: string): Promise<string[]>;

  /** Every file below `prefix` with its size as the medium tells it now. Complete or it throws. */
  files(prefix: string): AsyncIterable<StoredFile>;

  /** @throws {SnapdeckError} `backup-unusable` when larger than `maxBytes`. Answers undefined when there is no such file. */
  read(path: string, maxBytes: number): Promise<Uint8Array | undefined>;

  /**
   * Reads one file in full, past any copy the caller holds, without holding up the main thread, and answers its size and digest as
   * lower-case hex; undefined when there is no such file. `onBytes` hears 0 when it begins, for it may have to wait until others were
   * read, and then of bytes as they are read. `clickhouse` is the checksum that the engine's metadata gives for a file. Rejects with
   * the signal's reason as soon as `signal` aborts, whatever the medium is doing.
   */
  digest(
    path: string,
    kind: DigestKind,
    signal: AbortSignal,
    onBytes?: (bytes: number) => void,
  ): Promise<{ sizeBytes: number; digest: string } | undefined>;

  /**
   * Publishes a file: after this it is there in full and durable, or it is not there at all. Refuses to replace one that exists:
   * every attempt writes to a path that was never used before.
   */
  publish(path: string, contents: Uint8Array): Promise<void>;

  /**
   * Puts other contents in the place of a small file that was read before: at any moment either are there in full, and after this the
   * new ones durably. What stands there is looked at right before. Two that replace one file at the very same time may both be told that
   * they did, so only whoever holds the lock of what the file belongs to may ask for it.
   * @throws {SnapdeckError} `store-changed` when what stands there does not have that SHA-256, or nothing does
   */
  replace(path: string, contents: Uint8Array, expectedSha256: string): Promise<void>;

  /**
   * Removes what interrupted publishes left right below `prefix`: contents that never got their name. With `named`, only of files whose
   * name holds it. Only for whoever alone publishes what it sweeps. Idempotent.
   */
  sweep(prefix: string, named?: string): Promise<void>;

  /**
   * Makes every file and folder below `prefix` durable: whatever was written there before survives a loss of power. `onMoved` hears
   * of each that is.
   */
  sync(prefix: string, onMoved?: () => void): Promise<void>;

  /** Removes one file durably. Idempotent. */
  remove(path: string): Promise<void>;

  /** Removes everything below `prefix` and answers how many files that were. `onMoved` hears of each that is gone. Idempotent. */
  removeAll(prefix: string, onMoved?: () => void): Promise<number>;
}

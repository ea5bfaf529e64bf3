import type { RankProgress } from "@snapdeck/contract/job";
import type { Manifest, ManifestFile } from "@snapdeck/contract/manifest";
import type { ProofFault } from "@snapdeck/contract/proof";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { ListedBackup } from "@snapdeck/core/ports/cluster";
import type { DigestKind } from "@snapdeck/core/ports/object-store";
import type { ClusterParts } from "./cluster-parts.ts";
import { concurrently } from "./concurrently.ts";
import { allFiles } from "./l1-proof.ts";
import { backupFolder, manifestPath } from "./paths.ts";
import { pause } from "./pause.ts";
import { ReadMeter } from "./read-meter.ts";
import { faultsInStore } from "./store-check.ts";
import { whileWatched } from "./while-watched.ts";

/** Files that are asked for at once: enough that a thread that ended one finds the next. */
export const READS_AT_ONCE = 4;

/** How long after a fault it is looked for again, in milliseconds: a disk or a limit of the system that failed once is past it. */
export const LOOK_AGAIN_MS = 250;

type ManifestRank = Manifest["ranks"][number];
type Fault = Pick<ProofFault, "fault" | "detail">;

/**
 * Reads a backup back and compares it with its manifest, from the moment it is made: that each file is there with its size, none
 * besides, and that every byte fits the checksums. What is at fault is looked at twice, and counts when it is both times. It changes nothing, and ends when it is stopped. The store's medium may answer
 * from memory: what is read is what the operating system gives, not always what the disk holds.
 */
export class ReadBack {
  readonly #parts: ClusterParts;
  readonly #listed: Pick<ListedBackup, "manifest" | "manifestSha256">;
  readonly #isRead: (path: string) => boolean;
  readonly #meter: ReadMeter;
  readonly #stop = new AbortController();
  readonly #faults: Promise<ProofFault[]>;

  /** @param isRead which files are read; the others are only measured. All by default. */
  constructor(
    parts: ClusterParts,
    listed: Pick<ListedBackup, "manifest" | "manifestSha256">,
    isRead: (path: string) => boolean = () => true,
  ) {
    this.#parts = parts;
    this.#listed = listed;
    this.#isRead = isRead;
    this.#meter = new ReadMeter(listed.manifest);
    this.#faults = this.#read();
    // Whoever follows it hears of a failure; nobody else has to.
    this.#faults.catch(() => undefined);
  }

  /**
   * Yields the progress of each rank again and again, and answers all faults in the order of the manifest; undefined when `signal`
   * aborted before. Nothing is read any more when it ends, however it does.
   * @throws {SnapdeckError} `store-unavailable`, `no-progress`
   */
  async *follow(signal: AbortSignal): AsyncGenerator<RankProgress[], ProofFault[] | undefined> {
    const { pollMs, noProgressMs } = this.#parts.settings;
    try {
      const faults = yield* whileWatched(() => this.#faults, {
        pollMs,
        signal,
        look: () => {
          if (this.#meter.stoodMs() > noProgressMs) throw stalled(this.#listed.manifest, this.#meter.stoodMs());
          return this.#meter.ranks();
        },
        isAwaited: false,
      });
      if (faults !== undefined) yield this.#meter.ranks();
      return faults;
    } finally {
      this.stop();
    }
  }

  /** Calls `act` when it is over and something was found; not when it was stopped or failed. */
  onFaults(act: () => void): void {
    this.#faults.then(
      (faults) => faults.length > 0 && act(),
      () => undefined,
    );
  }

  stop(): void {
    this.#stop.abort();
  }

  async #read(): Promise<ProofFault[]> {
    const { manifest } = this.#listed;
    const faults: ProofFault[] = [];
    for (const rank of manifest.ranks) {
      const folder = `${backupFolder(this.#parts.id, manifest.backupId)}/${rank.folder}`;
      const first = await this.#look(rank, folder, rank.files, ({ sizeBytes }) =>
        this.#meter.ended(rank.rank, sizeBytes),
      );
      const faulty = first.size === 0 ? first : await this.#lookAgain(rank, folder, first);
      const order = new Map(rank.files.map(({ path }, at) => [path, at]));
      const sorted = [...faulty].sort(
        ([one], [other]) => (order.get(one) ?? Infinity) - (order.get(other) ?? Infinity),
      );
      faults.push(...sorted.map(([path, fault]) => ({ subject: `${rank.folder}/${path}`, ...fault })));
    }
    return faults;
  }

  /** The faults of those files by their path, and of what should not be there. */
  async #look(
    rank: ManifestRank,
    folder: string,
    files: readonly ManifestFile[],
    onEnd: (file: ManifestFile) => void = () => undefined,
  ): Promise<Map<string, Fault>> {
    const measured = faultsInStore(folder, rank.files, await allFiles(this.#parts.store, folder));
    const faulty = new Map<string, Fault>(measured.map(({ path, ...fault }) => [path, fault]));
    await concurrently(files, READS_AT_ONCE, async (file) => {
      this.#stop.signal.throwIfAborted();
      const found = faulty.has(file.path) ? undefined : await this.#readFile(rank, folder, file);
      if (found !== undefined) faulty.set(file.path, found);
      onEnd(file);
    });
    return faulty;
  }

  /** The second look at what the first found; those that are gone were of the moment. */
  async #lookAgain(rank: ManifestRank, folder: string, first: ReadonlyMap<string, Fault>): Promise<Map<string, Fault>> {
    await pause(LOOK_AGAIN_MS, this.#stop.signal);
    this.#stop.signal.throwIfAborted();
    const again = await this.#look(
      rank,
      folder,
      rank.files.filter(({ path }) => first.has(path)),
    );
    return new Map([...again].filter(([path]) => first.has(path)));
  }

  /** A file whose size is as it should be. */
  async #readFile(rank: ManifestRank, folder: string, file: ManifestFile): Promise<Fault | undefined> {
    if (file.sizeBytes === 0 || !this.#isRead(file.path)) return undefined;
    const expected = (["clickhouse", "sha256"] as const).flatMap((kind) => {
      const digest = kind === "sha256" ? file.sha256 : file.engineChecksum;
      return digest === undefined ? [] : [{ kind, digest }];
    });
    if (expected.length === 0)
      return { fault: "bytes", detail: "has no checksum that its bytes could be compared with" };
    for (const { kind, digest } of expected) {
      const fault = await this.#compare(rank, `${folder}/${file.path}`, kind, { digest, sizeBytes: file.sizeBytes });
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  async #compare(
    rank: ManifestRank,
    path: string,
    kind: DigestKind,
    expected: { sizeBytes: number; digest: string },
  ): Promise<Fault | undefined> {
    const reading = this.#meter.begin(rank.rank);
    let found: { sizeBytes: number; digest: string } | undefined;
    try {
      found = await this.#parts.store.digest(path, kind, this.#stop.signal, (bytes) => reading.heard(bytes));
    } catch (thrown) {
      if (!(thrown instanceof SnapdeckError) || thrown.code !== "store-unavailable") throw thrown;
      await this.#assertStoreAnswers(thrown);
      return { fault: "unreadable", detail: `cannot be read: ${thrown.detail}` };
    } finally {
      reading.end();
    }
    if (found === undefined) return { fault: "missing", detail: "is missing" };
    if (found.sizeBytes !== expected.sizeBytes) {
      return { fault: "size", detail: `has ${found.sizeBytes} of ${expected.sizeBytes} bytes` };
    }
    return found.digest === expected.digest
      ? undefined
      : { fault: "bytes", detail: "holds other bytes than were backed up" };
  }

  /** A store that gives no file at all says nothing of the backup: what failed with `failure` is the store, then. */
  async #assertStoreAnswers(failure: SnapdeckError): Promise<void> {
    const path = manifestPath(this.#parts.id, this.#listed.manifest.backupId);
    const found = await this.#parts.store.digest(path, "sha256", this.#stop.signal).catch(() => undefined);
    this.#stop.signal.throwIfAborted();
    if (found?.digest !== this.#listed.manifestSha256) throw failure;
  }
}

function stalled({ backupId }: Manifest, stoodMs: number): SnapdeckError {
  return new SnapdeckError(
    "no-progress",
    `no byte of backup ${backupId} could be read for ${Math.round(stoodMs / 1000)} s, so its proof was ended; it says nothing of the backup`,
    { hint: "See whether the store answers, then try again." },
  );
}

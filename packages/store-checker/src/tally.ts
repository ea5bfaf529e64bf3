import type { CheckProgress } from "./store-report.ts";

/** Told at most that often, in milliseconds. */
const TELL_EVERY_MS = 100;

/** Counts what a check has done of what there is to do. */
export class Tally {
  #filesDone = 0;
  #filesTotal = 0;
  #bytesDone = 0;
  #bytesTotal = 0;
  #toldAt = Number.NEGATIVE_INFINITY;
  readonly #tell: (progress: CheckProgress) => void;

  constructor(tell: (progress: CheckProgress) => void) {
    this.#tell = tell;
  }

  expect(files: number, sizeBytes: number): void {
    this.#filesTotal += files;
    this.#bytesTotal += sizeBytes;
  }

  bytes(count: number): void {
    this.#bytesDone += count;
    this.#tellSometimes();
  }

  file(): void {
    this.#filesDone += 1;
    this.#tellSometimes();
  }

  /** Tells where things stand, whenever that was told last. */
  tellNow(): void {
    this.#toldAt = performance.now();
    this.#tell({
      filesDone: this.#filesDone,
      filesTotal: Math.max(this.#filesTotal, this.#filesDone),
      bytesDone: this.#bytesDone,
      bytesTotal: Math.max(this.#bytesTotal, this.#bytesDone),
    });
  }

  #tellSometimes(): void {
    if (performance.now() - this.#toldAt >= TELL_EVERY_MS) this.tellNow();
  }
}

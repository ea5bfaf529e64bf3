/** Of Amazon: no part but the last may be smaller, no part and no object that is copied at once larger; more parts than that are refused. */
const MIN_PART_BYTES = 5 * 1024 * 1024;
export const MAX_COPY_BYTES = 5 * 1024 * 1024 * 1024;
export const MAX_PARTS = 10_000;

/** What is read and written by us is held in memory in pieces of that size. */
export const READ_PART_BYTES = 8 * 1024 * 1024;

/** A part that the server copies is as large as that at most, so that each gets its answer in a while: 10 000 of them are 5 TiB. */
const COPY_PART_BYTES = 512 * 1024 * 1024;

/** Bytes of one source: the first, and the one behind the last. */
export type Range = { readonly source: number; readonly from: number; readonly to: number };

/** A part of an object: one that the server copies, or one that is read, put together and written. */
export type Part =
  | { readonly kind: "copy"; readonly range: Range }
  | { readonly kind: "read"; readonly ranges: Range[] };

/**
 * How an object is made of the bytes of others, given their sizes, in order. Where a source is too small to be a part it is read, with the
 * beginning of what follows it.
 */
export function composeParts(sizes: readonly number[], copies: boolean): Part[] {
  const parts: Part[] = [];
  const smallest = copies ? MIN_PART_BYTES : READ_PART_BYTES;
  let waiting: Range[] = [];
  let waitingBytes = 0;
  const last = sizes.length - 1;
  for (const [source, size] of sizes.entries()) {
    let from = 0;
    while (from < size) {
      const left = size - from;
      if (copies && waitingBytes === 0 && (left >= MIN_PART_BYTES || source === last)) {
        const bytes = left < COPY_PART_BYTES + MIN_PART_BYTES ? left : COPY_PART_BYTES;
        parts.push({ kind: "copy", range: { source, from, to: from + bytes } });
        from += bytes;
        continue;
      }
      const bytes = Math.min(left, smallest - waitingBytes);
      waiting.push({ source, from, to: from + bytes });
      waitingBytes += bytes;
      from += bytes;
      if (waitingBytes < smallest) continue;
      parts.push({ kind: "read", ranges: waiting });
      [waiting, waitingBytes] = [[], 0];
    }
  }
  if (waiting.length > 0) parts.push({ kind: "read", ranges: waiting });
  return parts;
}

import { formatBytes } from "./bytes.ts";

/** "812.4 MB/s"; a dash while it is not known. */
export function formatRate(bytesPerSecond: number | undefined): string {
  return bytesPerSecond === undefined ? "–" : `${formatBytes(bytesPerSecond)}/s`;
}

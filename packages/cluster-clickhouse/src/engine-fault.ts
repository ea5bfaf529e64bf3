import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";

/** What an engine says when it is short of something, or was told to stop: that says nothing of what it was reading. */
const NOT_OF_THE_BACKUP = /memory limit|MEMORY_LIMIT|CANNOT_ALLOCATE_MEMORY|TIMEOUT|timed out|cancel|TOO_MANY/i;

/**
 * What the engine has against the data it was given, in its own words.
 * @throws what was thrown, when it says nothing of the data: a lost rank, a full disk, a cancel, too little memory
 */
export function faultOfEngine(thrown: unknown): string {
  const isOfTheData =
    thrown instanceof SnapdeckError && thrown.code === "engine-failed" && !NOT_OF_THE_BACKUP.test(thrown.detail);
  if (isOfTheData) return thrown.detail;
  throw thrown;
}

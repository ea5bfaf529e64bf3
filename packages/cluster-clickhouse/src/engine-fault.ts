import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";

/**
 * What an engine says when it is short of something, was told to stop, or got no for an answer from the system (`errno`): that says
 * nothing of what it was reading. A file of the backup that cannot be read is found by who reads its bytes.
 */
const NOT_OF_THE_BACKUP =
  /memory limit|MEMORY_LIMIT|cannot (allocate|schedule|reserve)|CANNOT_(ALLOCATE|SCHEDULE|RESERVE)|no free thread|TIMEOUT|timed out|cancel|too[ _]many|shut(ting)? ?down|ABORTED|errno:? ?\d/i;

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

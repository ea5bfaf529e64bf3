/** For how long the server remembers what it ran of a script, in milliseconds, less a minute for the way there and for clocks. */
const REMEMBERED_MS = 9 * 60_000;

/** What it means to go on with a script that was cut off, so long after it was first sent. */
export function goOnWords(sinceSentMs: number): string {
  return sinceSentMs < REMEMBERED_MS
    ? "Going on runs nothing twice and waits for the jobs that it began. Only a server that was started again meanwhile has forgotten all but the jobs, and runs the other statements once more."
    : "Going on waits for the jobs that it began and begins none of them twice; any other statement runs once more, since the server remembers it for 10 minutes only.";
}

import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";

/** The errno of a failed system call, such as `ENOENT`; undefined for everything else. */
export function errnoOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !("code" in thrown)) return undefined;
  return typeof thrown.code === "string" ? thrown.code : undefined;
}

/** What a user reads when the directory failed while `doing`; passes on what was foreseen already. */
export function storeFailure(store: string, doing: string, thrown: unknown): SnapdeckError {
  if (thrown instanceof SnapdeckError) return thrown;
  const errno = errnoOf(thrown);
  if (errno === "ENOSPC" || errno === "EDQUOT") {
    return new SnapdeckError("disk-full", `the store ${store} has no room left while ${doing}`, {
      hint: "Free some space or delete a backup, then try again.",
      cause: thrown,
    });
  }
  if (errno === "ELOOP") {
    const detail = `the store ${store} holds a link where a file of its own should be, found while ${doing}; it was not followed`;
    return new SnapdeckError("store-unavailable", detail, {
      hint: "Find out who put it there, and put the file back in its place.",
      cause: thrown,
    });
  }
  return new SnapdeckError(
    "store-unavailable",
    `the store ${store} failed with ${errno ?? "an error"} while ${doing}`,
    {
      hint: "Check that the store's disk is there and that the server may write to it.",
      cause: thrown,
    },
  );
}

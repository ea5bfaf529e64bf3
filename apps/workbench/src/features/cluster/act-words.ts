/** What suspending and resuming do, said before either is done. */
export const ACT_EFFECTS = {
  suspend:
    "Lets running queries finish, then stops every rank. The data stays on disk; nothing can read or change it. A backup can then be restored.",
  resume: "Starts every rank on the data that is on disk and lets applications back in.",
} as const;

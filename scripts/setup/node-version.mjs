// Read by Node versions that are too old for the rest: no syntax here that Node 12 cannot parse.

/** The oldest Node that Snapdeck and its tools run on (`engines` of package.json says the same). */
const OLDEST = { major: 20, minor: 19 };

/**
 * What to tell somebody whose Node is too old; undefined when it is new enough.
 * @param {string} version as in `process.versions.node`
 * @returns {string | undefined}
 */
export function tooOldMessage(version) {
  const parts = version.split(".").map(Number);
  const major = parts[0] || 0;
  const minor = parts[1] || 0;
  if (major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor)) return undefined;
  return (
    "Snapdeck needs Node " +
    OLDEST.major +
    "." +
    OLDEST.minor +
    " or newer, and this is Node " +
    version +
    ". Nothing was changed. Install a newer Node (https://nodejs.org) and run the command again."
  );
}

/** `EX_CONFIG` of sysexits.h: the machine is not set up for this. */
export const TOO_OLD_EXIT_CODE = 78;

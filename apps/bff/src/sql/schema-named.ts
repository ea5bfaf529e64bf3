import { printable } from "@snapdeck/backup-sql/errors/printable";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";

/**
 * A schema is a folder and a file on each rank. File systems take names of 255 bytes; the rest is for what engines put around one while they
 * write it.
 */
const MAX_FILE_NAME_BYTES = 240;

/** What moves cursors and forges lines, and unpaired surrogates, which nobody keeps as they are. */
const UNFIT = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;

/** So much of a name that is none is repeated. */
const SHOWN_CHARS = 60;

/**
 * The name of a schema that a statement makes.
 * @throws {SnapdeckError} `bad-request` where no engine could keep one of that name
 */
export function schemaNamed(name: string): string {
  const fault =
    name === ""
      ? "is empty"
      : UNFIT.test(name)
        ? "holds a character that cannot be shown, such as a NUL or the end of a line"
        : fileNameBytes(name) > MAX_FILE_NAME_BYTES
          ? `is too long for the file that is called so on each rank, which may have ${MAX_FILE_NAME_BYTES} bytes`
          : undefined;
  if (fault === undefined) return name;
  const shown = printable(JSON.stringify(name.length > SHOWN_CHARS ? `${name.slice(0, SHOWN_CHARS)}…` : name));
  throw new SnapdeckError("bad-request", `the name ${shown} of a schema ${fault}; nothing was changed`, {
    hint: "Choose another name, of up to 200 letters, digits and _: each byte of anything else counts as three.",
  });
}

/** Engines write `%2E` for a dot and so on. */
function fileNameBytes(name: string): number {
  return Buffer.from(name).reduce((sum, byte) => sum + (/\w/.test(String.fromCharCode(byte)) ? 1 : 3), 0);
}

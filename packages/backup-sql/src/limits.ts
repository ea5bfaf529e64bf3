/**
 * The longest script that is read, in UTF-16 units: 1 MiB. An INSERT may bring its rows along; more than this is a job for
 * the engine's own client.
 */
export const MAX_SCRIPT_LENGTH = 1_048_576;

/**
 * The longest single statement of this dialect, in UTF-16 units: 256 KiB, an OBJECTS clause of some thousand tables. It
 * bounds the memory that its tokens take.
 */
export const MAX_STATEMENT_LENGTH = 262_144;

/** Errors after which a script is given up: nobody reads more of them at once, and a hostile script holds thousands. */
export const MAX_ERRORS = 20;

/**
 * How fast a slowed rank copies in a backup. Not less, because the engine reads about a megabyte at once, and between two reads it
 * neither shows progress nor hears a cancel.
 */
export const SLOW_BACKUPS = { backupBandwidthBytesPerSecond: 2_000_000 };

/** Some 13 MB on disk: a slowed backup takes long enough to be watched, and ends while the story waits. */
export const SLOW_ROWS = 400_000;

/** Some 80 MB on disk: a slowed backup does not come to its end while a story does something else to it. */
export const MANY_ROWS = 2_400_000;

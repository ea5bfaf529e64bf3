/** Rows of a table that a slowed rank has to copy: some 13 MB on disk. */
export const SLOW_ROWS = 400_000;

/** A backup of `SLOW_ROWS` takes some seconds: long enough to be watched, and it ends while the story waits. */
export const SLOW_BACKUPS = { backupBandwidthBytesPerSecond: 2_000_000 };

/**
 * A backup of `SLOW_ROWS` takes half a minute: for stories in which it must not come to its end by itself. Not less, because the
 * engine reads about a megabyte at once and shows no progress before.
 */
export const CRAWLING_BACKUPS = { backupBandwidthBytesPerSecond: 400_000 };

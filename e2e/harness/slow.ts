/**
 * How fast a slowed rank copies in a backup, in bytes per second. With `SLOW_ROWS` rows, about 70 bytes each on disk, a backup
 * takes some ten seconds: long enough for a person to look and press a button, whatever the machine.
 */
export const SLOW_BACKUPS = { backupBandwidthBytesPerSecond: 2_000_000 };

export const SLOW_ROWS = 400_000;

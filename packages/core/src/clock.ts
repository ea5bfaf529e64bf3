/** Tells the time, as an ISO 8601 UTC string with milliseconds. */
export type Clock = () => string;

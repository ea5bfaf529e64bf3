/** What a state feels like; each has its color, and its icon where no better one is given. */
export type Tone = "running" | "working" | "suspended" | "failed" | "suspect" | "proven" | "unknown";

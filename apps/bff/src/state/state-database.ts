import type { StateDb } from "./state-tables.ts";

export type StateDatabase = {
  /** For messages: the file, or database and host. Never a password. */
  readonly name: string;
  /** Whether other processes work on it at the same time. What they change has to be looked for: nobody in this process tells of it. */
  readonly isShared: boolean;
  readonly db: StateDb;
  /** Closes the database and lets another process open it. */
  close(): Promise<void>;
};

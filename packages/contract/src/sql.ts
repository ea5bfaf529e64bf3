import { z } from "zod";
import { Job } from "./job.ts";
import { Problem } from "./problem.ts";

/** One value of a row. 64-bit numbers come as text, so that no digit is lost. */
export const SqlValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export type SqlValue = z.infer<typeof SqlValue>;

/** The most rows that one statement answers with; `isCut` tells that there were more. */
export const MAX_SQL_ROWS = 10_000;

export const SqlRows = z.object({
  columns: z.array(z.string()),
  rows: z.array(z.array(SqlValue)),
  isCut: z.boolean(),
});
export type SqlRows = z.infer<typeof SqlRows>;

/** What became of one statement. `statement` is its text without secrets. */
export const SqlResult = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("done"), statement: z.string(), warning: z.string().optional() }),
  z.object({ kind: z.literal("rows"), statement: z.string(), ...SqlRows.shape }),
  /** Begun, when the statement is the last; ended, when others came after it. */
  z.object({ kind: z.literal("job"), statement: z.string(), job: Job }),
]);
export type SqlResult = z.infer<typeof SqlResult>;

/**
 * The statements in order, as far as they came: the first that fails ends the script. When that is the very first, its problem is the whole
 * answer; otherwise what was done before stands, and `stoppedBy` says why no more was.
 */
export const SqlReply = z.object({
  results: z.array(SqlResult),
  stoppedBy: Problem.optional(),
  /** With `stoppedBy`: the statement that ended the script, which is the last result where that is a job. Without secrets, as are all. */
  stoppedAt: z.string().optional(),
  /** With `stoppedBy`: the statements behind that one, of which none was run. */
  notRun: z.array(z.string()).optional(),
});
export type SqlReply = z.infer<typeof SqlReply>;

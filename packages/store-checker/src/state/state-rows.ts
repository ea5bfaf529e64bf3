import { z } from "zod";
import type { Pace } from "../pace.ts";
import type { StateReader } from "./state-reader.ts";

/** PostgreSQL answers its large integers as texts. */
const Whole = z.coerce.number().int();

export const ClusterRow = z.object({ id: z.string(), newest_seq: Whole, newest_token: Whole });

export const JobRow = z.object({
  id: z.string(),
  cluster_id: z.string(),
  created_seq: Whole,
  kind: z.string(),
  backup_id: z.string().nullable(),
  work: z.string(),
  requested_by: z.string(),
  requested_at: z.string(),
  attempt: Whole,
  state_name: z.string(),
  state: z.string(),
  progress: z.string().nullable(),
  dismissed_at: z.string().nullable(),
  seq: Whole,
});
export type JobRow = z.infer<typeof JobRow>;

export const ChangeRow = z.object({ cluster_id: z.string(), seq: Whole, job: z.string() });

export const LockRow = z.object({
  job_id: z.string(),
  cluster_id: z.string(),
  kind: z.string(),
  mode: z.string(),
  backup_id: z.string().nullable(),
});
export type LockRow = z.infer<typeof LockRow>;

export const LeaseRow = z.object({ job_id: z.string(), cluster_id: z.string(), token: Whole, expires_at: z.string() });
export type LeaseRow = z.infer<typeof LeaseRow>;

export const CatalogRow = z.object({
  cluster_id: z.string(),
  backup_id: z.string(),
  taken_at: z.string(),
  size_bytes: Whole,
  backup: z.string(),
});
export type CatalogRow = z.infer<typeof CatalogRow>;

export const AuditRow = z.object({
  seq: Whole,
  at: z.string(),
  actor: z.string(),
  origin: z.string(),
  act: z.string(),
  target: z.string(),
  result: z.string(),
  request_id: z.string().nullable(),
  previous_hash: z.string(),
  hash: z.string(),
});
export type AuditRow = z.infer<typeof AuditRow>;

export const AuditHeadRow = z.object({ seq: Whole, hash: z.string() });

/** Rows that are read in one go: a page is short enough to be read and looked at in one turn. */
const PAGE = 200;

/** Every row of a table in the order of one or two columns, which name it; a page at a time, so that none is ever held as a whole. */
export async function* pagedRows<Row extends z.ZodObject>(
  reader: StateReader,
  pace: Pace,
  { table, row, by }: { table: string; row: Row; by: readonly (keyof z.infer<Row> & string)[] },
): AsyncGenerator<z.infer<Row>> {
  const columns = Object.keys(row.shape).join(", ");
  const order = by.join(", ");
  const marks = by.map(() => "?").join(", ");
  let after: (string | number)[] | undefined;
  for (;;) {
    const since = after === undefined ? "" : `where (${order}) > (${marks})`;
    const query = `select ${columns} from ${table} ${since} order by ${order} limit ${PAGE}`;
    const page = z.array(row).parse(await reader.rows(query, ...(after ?? [])));
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = by.map((column) => z.union([z.string(), z.number()]).parse(last[column]));
    await pace.breathe();
  }
}

import { createHash } from "node:crypto";
import { AuditEntry } from "@snapdeck/contract/audit";
import { z } from "zod";
import { whyNot } from "../store/read-manifest.ts";
import type { StateLook } from "./look-at-state.ts";
import { AuditHeadRow, AuditRow, pagedRows } from "./state-rows.ts";
import type { JobFacts } from "./state-view.ts";

/** What stands before the first entry. */
const NOTHING_BEFORE = "0".repeat(64);

/** How the target of an entry on a job ends. */
const JOB = / job ([0-9a-f-]{36})$/;

type Told = { starts: number; ends: string[] };

/** Proves that the audit trail is whole, and that it tells of every job who asked for it and how it ended. */
export async function checkAudit(look: StateLook, jobs: ReadonlyMap<string, JobFacts>): Promise<void> {
  const told = new Map<string, Told>();
  let last = { seq: 0, hash: NOTHING_BEFORE };
  for await (const row of pagedRows(look.reader, look.pace, { table: "audit", row: AuditRow, by: ["seq"] })) {
    look.findings.looked("I30");
    const fault = faultOf(row, last);
    if (fault !== undefined) broken(look, "audit-chain", `audit entry ${row.seq}`, fault);
    // From what it says of itself, so that one change is one break.
    last = { seq: row.seq, hash: row.hash };
    listen(told, row);
  }
  const [head] = z.array(AuditHeadRow).parse(await look.reader.rows("select seq, hash from audit_head"));
  if ((head?.seq ?? 0) !== last.seq || (head?.hash ?? NOTHING_BEFORE) !== last.hash) {
    const detail = `ends with entry ${last.seq}, and its head is entry ${head?.seq ?? 0}: entries are missing or were put in`;
    broken(look, "audit-tail", "the audit trail", detail);
  }
  for (const job of jobs.values()) isTold(look, job, told.get(job.id) ?? { starts: 0, ends: [] });
  for (const [id, { starts }] of told) {
    if (starts > 0 && !jobs.has(id)) broken(look, "audit-lost-job", `job ${id}`, "was accepted, and is not there");
  }
}

function faultOf(row: AuditRow, before: { seq: number; hash: string }): string | undefined {
  if (row.seq !== before.seq + 1) return `follows entry ${before.seq}: those between are missing`;
  if (row.previous_hash !== before.hash) return "does not follow the entry before it";
  const fields = {
    act: row.act,
    actor: row.actor,
    at: row.at,
    origin: row.origin,
    ...(row.request_id === null ? {} : { requestId: row.request_id }),
    result: row.result,
    seq: row.seq,
    target: row.target,
  };
  const parsed = AuditEntry.safeParse({ ...fields, previousHash: row.previous_hash, hash: row.hash });
  if (!parsed.success) return `cannot be read: ${whyNot(parsed.error)}`;
  // The names stand in their order above: that is the canonical form.
  const hash = createHash("sha256").update(row.previous_hash).update(JSON.stringify(fields)).digest("hex");
  return hash === row.hash ? undefined : "was changed since it was written: its hash is another";
}

/** Of a suspect backup, with the reason that somebody typed; of a statement, with what it said. */
const ACCEPTED = /^accepted(?:$| although |: )/;

function listen(told: Map<string, Told>, { act, target, result }: AuditRow): void {
  const [, id] = JOB.exec(target) ?? [];
  if (id === undefined) return;
  const job = told.get(id) ?? { starts: 0, ends: [] };
  told.set(id, job);
  if (act === "job.end" || (act === "job.cancel" && result.startsWith("canceled"))) job.ends.push(result);
  else if (!act.startsWith("job.") && ACCEPTED.test(result)) job.starts += 1;
}

function isTold(look: StateLook, job: JobFacts, { starts, ends }: Told): void {
  look.findings.looked("I30", 2);
  const subject = `job ${job.id}`;
  if (starts !== 1) broken(look, "audit-start", subject, `was asked for ${starts} times in the audit trail`);
  const [end] = ends;
  if (job.isUnderWay) {
    if (end !== undefined) broken(look, "audit-end", subject, `is ${job.stateName}, and the audit trail says ${end}`);
  } else if (end === undefined) {
    broken(look, "audit-end", subject, `is ${job.stateName}, and the audit trail does not say that it ended`);
  } else if (ends.length > 1) {
    broken(look, "audit-end", subject, `ended ${ends.length} times in the audit trail: ${ends.join("; ")}`);
  } else if (!end.startsWith(job.stateName)) {
    broken(look, "audit-end", subject, `is ${job.stateName}, and the audit trail says ${end}`);
  }
}

function broken(look: StateLook, kind: string, subject: string, detail: string): void {
  look.findings.broken({ invariant: "I30", kind, subject, detail });
}

import type { Job } from "@snapdeck/contract/job";
import type { ReactNode } from "react";
import { CopyButton } from "../components/copy-button.tsx";
import { Age } from "../format/age.tsx";
import { formatDuration } from "../format/duration.ts";
import { useNow } from "../format/use-now.ts";
import classes from "./job-details.module.css";
import { movesData } from "./percent.ts";
import { RankTable } from "./rank-table.tsx";

type Props = { readonly job: Job };

/** What an operator looks for when the card's own words are not enough: ids, who and when, and each rank in exact numbers. */
export function JobDetails({ job }: Props) {
  return (
    <div className={classes["details"]}>
      <dl className={classes["facts"]}>
        <Fact name="Job">
          <code>{job.id}</code>
          <CopyButton text={job.id} label="Copy job id" />
        </Fact>
        {"backupId" in job.work && (
          <Fact name="Backup">
            <code>{job.work.backupId}</code>
            <CopyButton text={job.work.backupId} label="Copy backup id" />
          </Fact>
        )}
        {job.work.kind === "database-backup" && (
          <Fact name="Statement">
            <code>{job.work.sql}</code>
            <CopyButton text={job.work.sql} label="Copy the statement" />
          </Fact>
        )}
        {"restoreId" in job.work && (
          <Fact name="Restore">
            <code>{job.work.restoreId}</code>
            <CopyButton text={job.work.restoreId} label="Copy the restore's job id" />
          </Fact>
        )}
        {"suspectReason" in job.work && job.work.suspectReason !== undefined && (
          <Fact name="Reason">{job.work.suspectReason}</Fact>
        )}
        <Fact name="Attempt">{job.attempt}</Fact>
        <Fact name="Asked for">
          <span>
            by {job.requestedBy}, <Age at={job.requestedAt} />
          </span>
        </Fact>
        <JobTimes job={job} />
        {job.state.name === "canceling" && (
          <Fact name="Canceled">
            <span>
              by {job.state.cancelRequestedBy}, <Age at={job.state.cancelRequestedAt} />
            </span>
          </Fact>
        )}
      </dl>
      {movesData(job) && job.progress !== undefined && <RankTable ranks={job.progress.ranks} />}
    </div>
  );
}

function JobTimes({ job }: Props) {
  const startedAt = "startedAt" in job.state ? job.state.startedAt : undefined;
  const endedAt = "endedAt" in job.state ? job.state.endedAt : undefined;
  return (
    <>
      <Fact name="Started">{startedAt === undefined ? "not yet" : <Age at={startedAt} />}</Fact>
      {endedAt !== undefined && (
        <Fact name="Ended">
          <Age at={endedAt} />
        </Fact>
      )}
      {startedAt !== undefined && (
        <Fact name="Took">{endedAt === undefined ? <Elapsed since={startedAt} /> : tookText(startedAt, endedAt)}</Fact>
      )}
    </>
  );
}

function Elapsed({ since }: { readonly since: string }) {
  const nowMs = useNow();
  return `${formatDuration(Math.max(0, nowMs - Date.parse(since)))} so far`;
}

function tookText(startedAt: string, endedAt: string): string {
  return formatDuration(Math.max(0, Date.parse(endedAt) - Date.parse(startedAt)));
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

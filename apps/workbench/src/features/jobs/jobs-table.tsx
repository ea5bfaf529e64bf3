import { ActionIcon, Skeleton } from "@mantine/core";
import type { Cluster } from "@snapdeck/contract/cluster";
import type { Job } from "@snapdeck/contract/job";
import type { JobId } from "@snapdeck/contract/scalars";
import { IconChevronDown } from "@tabler/icons-react";
import { lazy, Suspense } from "react";
import { Age } from "../../format/age.tsx";
import { useNow } from "../../format/use-now.ts";
import { JobStateBadge } from "../../job-card/job-state-badge.tsx";
import { jobTitle } from "../../job-card/job-title.ts";
import { jobOutcome, tookText } from "./job-outcome.ts";
import classes from "./jobs-table.module.css";

const JobInFull = lazy(async () => ({ default: (await import("./job-in-full.tsx")).JobInFull }));

type Props = {
  readonly jobs: readonly Job[];
  readonly cluster: Cluster | undefined;
  readonly openId: JobId | undefined;
  /** Opens one job's details, or closes them. */
  readonly onOpen: (id: JobId | undefined) => void;
};

export function JobsTable({ jobs, cluster, openId, onOpen }: Props) {
  const nowMs = useNow(60_000);
  return (
    <div className="card table-card">
      <table className={`data-table ${classes["jobs"]}`}>
        <thead>
          <tr>
            <th scope="col">Job</th>
            <th scope="col">State</th>
            <th scope="col">Result</th>
            <th scope="col">Asked for by</th>
            <th scope="col">When</th>
            <th scope="col" className="number">
              Took
            </th>
            <th scope="col">
              <span className={classes["unseen"]}>Details</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {jobs.map((job) => (
            <Row
              key={job.id}
              job={job}
              title={jobTitle(job, { nowMs })}
              cluster={cluster}
              isOpen={job.id === openId}
              onToggle={() => onOpen(job.id === openId ? undefined : job.id)}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

type RowProps = {
  readonly job: Job;
  readonly title: string;
  readonly cluster: Cluster | undefined;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
};

function Row({ job, title, cluster, isOpen, onToggle }: RowProps) {
  const detailsId = `job-${job.id}`;
  return (
    <>
      <tr data-open={isOpen || undefined}>
        <th scope="row" className={`headline ${classes["title"]}`}>
          {title}
        </th>
        <td data-label="State">
          <JobStateBadge job={job} />
        </td>
        <td data-label="Result" className="wide">
          {jobOutcome(job)}
        </td>
        <td data-label="Asked for by">{job.requestedBy}</td>
        <td data-label="When">
          <Age at={job.requestedAt} />
        </td>
        <td data-label="Took" className="number">
          {tookText(job) ?? "–"}
        </td>
        <td className={classes["toggle"]}>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Details of ${title}`}
            aria-expanded={isOpen}
            aria-controls={detailsId}
            onClick={onToggle}
          >
            <IconChevronDown size={18} aria-hidden className={classes["chevron"]} data-open={isOpen} />
          </ActionIcon>
        </td>
      </tr>
      {isOpen && (
        <tr id={detailsId} className={classes["details"]}>
          <td colSpan={7} className="wide">
            <Suspense fallback={<Skeleton height={180} radius={8} />}>
              <JobInFull job={job} title={title} cluster={cluster} />
            </Suspense>
          </td>
        </tr>
      )}
    </>
  );
}

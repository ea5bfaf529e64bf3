import { useParams } from "@tanstack/react-router";
import { ProblemError } from "../api/problem-error.ts";
import { ProblemNote } from "./problem-note.tsx";
import { TextLink } from "./text-link.tsx";

type Props = { readonly error: Error };

/** Why the server did not do as asked, with the way to the job that stands in the way where it names one. */
export function RefusalNote({ error }: Props) {
  const { clusterId } = useParams({ strict: false });
  const jobId = error instanceof ProblemError ? error.problem.jobId : undefined;
  return (
    <ProblemNote error={error}>
      {clusterId !== undefined && jobId !== undefined && (
        <TextLink to="/clusters/$clusterId/jobs" params={{ clusterId }} search={{ job: jobId }}>
          See the job
        </TextLink>
      )}
    </ProblemNote>
  );
}

import type { JobId } from "@snapdeck/contract/scalars";
import { useParams } from "@tanstack/react-router";
import { TextLink } from "../../components/text-link.tsx";

type Props = { readonly jobId: JobId };

/** The way to the job that stands in the way. */
export function JobLink({ jobId }: Props) {
  const { clusterId } = useParams({ from: "/signed-in/clusters/$clusterId/snapshots" });
  return (
    <TextLink to="/clusters/$clusterId/jobs" params={{ clusterId }} search={{ job: jobId }}>
      See the job
    </TextLink>
  );
}

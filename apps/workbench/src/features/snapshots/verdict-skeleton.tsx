import { Skeleton } from "@mantine/core";

type Props = { readonly failed: boolean };

/** The verdict's room while nothing is known; where nothing could be read, no more is claimed than that. */
export function VerdictSkeleton({ failed }: Props) {
  return failed ? "How the backups stand is not known." : <Skeleton height={18} width={420} maw="100%" mt={2} />;
}

import { Skeleton } from "@mantine/core";

/** As high as a verdict of one line, so that nothing moves when it comes. */
export function VerdictSkeleton() {
  return <Skeleton height={16} mt={3} mb={3} width="60%" />;
}

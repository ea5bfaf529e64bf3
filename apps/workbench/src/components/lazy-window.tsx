import { type ReactNode, Suspense, useEffect, useState } from "react";

type Props = {
  readonly opened: boolean;
  /** Draws the window, a `lazy` component, open or closed as it is told. */
  readonly children: (opened: boolean) => ReactNode;
};

/**
 * The place of a dialog or drawer whose code is loaded when it first opens. It arrives closed and opens then, since Mantine gives
 * the focus back only to where it was when a window that is there already opens.
 */
export function LazyWindow({ opened, children }: Props) {
  const [wanted, setWanted] = useState(opened);
  if (opened && !wanted) setWanted(true);
  if (!wanted) return null;
  return (
    <Suspense>
      <Arriving opened={opened}>{children}</Arriving>
    </Suspense>
  );
}

function Arriving({ opened, children }: Props) {
  const [arrived, setArrived] = useState(false);
  useEffect(() => setArrived(true), []);
  return children(arrived && opened);
}

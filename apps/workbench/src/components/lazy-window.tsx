import { type ComponentType, createElement, lazy, Suspense, useEffect, useState } from "react";

type Window = { readonly opened: boolean };

/**
 * A dialog or drawer whose code is loaded when it first opens, or earlier through `preload`. It arrives closed and opens then, since
 * Mantine gives the focus back only to where it was when a window that is there already opens.
 */
export function lazyWindow<Props extends Window>(load: () => Promise<ComponentType<Props>>) {
  const Loaded = lazy(async () => ({ default: await load() }));

  function Arriving(props: Props) {
    const [arrived, setArrived] = useState(false);
    useEffect(() => setArrived(true), []);
    return createElement(Loaded, { ...props, opened: arrived && props.opened });
  }

  function LazyWindow(props: Props) {
    const [wanted, setWanted] = useState(props.opened);
    if (props.opened && !wanted) setWanted(true);
    if (!wanted) return null;
    return (
      <Suspense>
        <Arriving {...props} />
      </Suspense>
    );
  }

  return Object.assign(LazyWindow, { preload: load });
}

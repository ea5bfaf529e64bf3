import type { Cluster } from "@snapdeck/contract/cluster";
import { lazy, useState } from "react";
import { ActionButton } from "../../components/action-button.tsx";
import { LazyWindow } from "../../components/lazy-window.tsx";

const CheckStoreDialog = lazy(async () => ({ default: (await import("./check-store-dialog.tsx")).CheckStoreDialog }));

type Props = { readonly cluster: Cluster };

/** The way to a store check, quiet beside the list. */
export function CheckStoreButton({ cluster }: Props) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <ActionButton
        availability={cluster.actions.checkStore}
        look="quiet"
        reason="tooltip"
        onAct={() => setAsking(true)}
      >
        Check store…
      </ActionButton>
      <LazyWindow opened={asking}>
        {(opened) => <CheckStoreDialog cluster={cluster} opened={opened} onClose={() => setAsking(false)} />}
      </LazyWindow>
    </>
  );
}

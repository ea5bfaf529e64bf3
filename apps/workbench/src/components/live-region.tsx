import { VisuallyHidden } from "@mantine/core";
import { createContext, type ReactNode, useCallback, useContext, useRef, useState } from "react";

type Urgency = "polite" | "assertive";
/** Has a screen reader say something. `assertive` interrupts and is for failures only. Default `polite`. */
type Announce = (text: string, urgency?: Urgency) => void;

const AnnounceContext = createContext<Announce>(() => undefined);

export function useAnnounce(): Announce {
  return useContext(AnnounceContext);
}

type Said = { readonly text: string; readonly turn: number };
const NOTHING: Said = { text: "", turn: 0 };

/** Holds the page's two live regions; put once around everything that announces. */
export function LiveRegion({ children }: { readonly children: ReactNode }) {
  const [polite, setPolite] = useState(NOTHING);
  const [assertive, setAssertive] = useState(NOTHING);
  const turn = useRef(0);
  const announce = useCallback<Announce>((text, urgency = "polite") => {
    turn.current += 1;
    (urgency === "polite" ? setPolite : setAssertive)({ text, turn: turn.current });
  }, []);
  return (
    <AnnounceContext value={announce}>
      {children}
      <VisuallyHidden>
        {/* A new key makes the same words twice in a row a change, which is what readers listen for. */}
        <div role="status" aria-live="polite">
          <span key={polite.turn}>{polite.text}</span>
        </div>
        <div role="alert" aria-live="assertive">
          <span key={assertive.turn}>{assertive.text}</span>
        </div>
      </VisuallyHidden>
    </AnnounceContext>
  );
}

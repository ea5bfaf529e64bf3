import type { Cluster, PreviousData } from "@snapdeck/contract/cluster";
import { IconHistory } from "@tabler/icons-react";
import { useRef } from "react";
import { useFocusHandover } from "../components/use-focus-handover.ts";
import { Age } from "../format/age.tsx";
import { useNow } from "../format/use-now.ts";
import { momentName } from "../job-card/moment-name.ts";
import { letGoSentence } from "./let-go-sentence.ts";
import { PreviousDataActs } from "./previous-data-acts.tsx";
import classes from "./previous-data-notice.module.css";

type Props = { readonly cluster: Cluster; readonly previous: PreviousData };

/** That a restore can still be undone, and until when. */
export function PreviousDataNotice({ cluster, previous }: Props) {
  const nowMs = useNow(60_000);
  const notice = useRef<HTMLElement>(null);
  useFocusHandover(notice);
  return (
    <section ref={notice} className={classes["notice"]} aria-label="Data from before the restore">
      <IconHistory size={20} aria-hidden className={classes["icon"]} />
      <div className={classes["words"]}>
        <p>
          The data from before the restore of <strong>{momentName(previous.swappedAt, nowMs)}</strong> (
          <Age at={previous.swappedAt} />) is kept. {letGoSentence(previous, nowMs)}
        </p>
        <PreviousDataActs cluster={cluster} previous={previous} />
      </div>
    </section>
  );
}

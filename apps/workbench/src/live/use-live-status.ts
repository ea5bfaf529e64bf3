import { useQueryClient } from "@tanstack/react-query";
import { useContext, useSyncExternalStore } from "react";
import { keys } from "../api/query-keys.ts";
import { useNow } from "../format/use-now.ts";
import { LiveContext } from "./live-provider.tsx";

/** How old the page is. `dataAt`: when the server last said that this is how things are, ISO 8601. */
export type LiveStatus = {
  readonly state: "live" | "connecting" | "offline";
  readonly dataAt: string;
  /** Until the next try to connect, in milliseconds; absent while one is under way or none is needed. */
  readonly nextTryInMs?: number;
  /** Since the connection was lost, the data has been read over HTTP. */
  readonly polled: boolean;
};

const SUBSCRIBE_TO_NOTHING = () => () => undefined;
const CONNECTING = { state: "connecting" } as const;

/** Whether the page is live, and how old its data is; ticks each half second. */
export function useLiveStatus(): LiveStatus {
  const live = useContext(LiveContext);
  const client = useQueryClient();
  const nowMs = useNow(500);
  const status = useSyncExternalStore<{ state: LiveStatus["state"]; nextTryAtMs?: number }>(
    live?.socket.subscribe ?? SUBSCRIBE_TO_NOTHING,
    () => live?.socket.status() ?? CONNECTING,
  );
  const frameAtMs = live?.socket.lastFrameAtMs() ?? 0;
  const readAtMs =
    live?.clusterId === undefined ? 0 : (client.getQueryState(keys.cluster(live.clusterId))?.dataUpdatedAt ?? 0);
  const dataAtMs = Math.max(frameAtMs, readAtMs) || nowMs;
  return {
    state: status.state,
    dataAt: new Date(dataAtMs).toISOString(),
    polled: readAtMs > (live?.socket.lostAtMs() ?? Number.POSITIVE_INFINITY),
    ...(status.nextTryAtMs === undefined ? {} : { nextTryInMs: Math.max(0, status.nextTryAtMs - nowMs) }),
  };
}

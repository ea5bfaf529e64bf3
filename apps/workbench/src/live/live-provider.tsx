import { LIVE_PATH } from "@snapdeck/contract/live";
import type { ClusterId } from "@snapdeck/contract/scalars";
import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useEffect, useState, useSyncExternalStore } from "react";
import { keys } from "../api/query-keys.ts";
import { ClusterFollower } from "./cluster-follower.ts";
import { LiveSocket } from "./live-socket.ts";

/** How often the lists are read over HTTP while the stream is not live, in milliseconds. */
const POLL_MS = 5000;

type Live = { readonly socket: LiveSocket; readonly clusterId: ClusterId | undefined };

/** Read through `useLiveStatus`. */
export const LiveContext = createContext<Live | undefined>(undefined);

type Props = {
  /** The cluster that the page is about; undefined before that is known. */
  readonly clusterId: ClusterId | undefined;
  readonly children: ReactNode;
};

/** Keeps one WebSocket for the tab, follows the current cluster on it, and reads over HTTP while it is down. */
export function LiveProvider({ clusterId, children }: Props) {
  const client = useQueryClient();
  const [{ socket, follow }] = useState(() => newSocket(() => client.invalidateQueries({ queryKey: keys.session() })));

  useEffect(() => {
    socket.start();
    window.addEventListener("online", socket.tryNow);
    document.addEventListener("visibilitychange", socket.tryNow);
    return () => {
      window.removeEventListener("online", socket.tryNow);
      document.removeEventListener("visibilitychange", socket.tryNow);
      socket.stop();
    };
  }, [socket]);

  useEffect(() => {
    if (clusterId === undefined) return undefined;
    const follower = new ClusterFollower(client, clusterId, socket);
    follow(follower);
    return () => {
      follow(undefined);
      follower.stop();
    };
  }, [client, clusterId, socket, follow]);

  const { state } = useSyncExternalStore(socket.subscribe, socket.status);
  useEffect(() => {
    if (state === "live") return undefined;
    const timer = setInterval(() => {
      const queryKey = clusterId === undefined ? keys.clusters() : keys.ofCluster(clusterId);
      void client.refetchQueries({ queryKey, type: "active" }, { cancelRefetch: false });
    }, POLL_MS);
    return () => clearInterval(timer);
  }, [client, clusterId, state]);

  return <LiveContext value={{ socket, clusterId }}>{children}</LiveContext>;
}

function newSocket(onSignedOut: () => void) {
  let follower: ClusterFollower | undefined;
  const socket: LiveSocket = new LiveSocket({
    open: () => new WebSocket(liveAddress()),
    onOpen: () => void follower?.follow(),
    onFrame: (frame) => follower?.receive(frame),
    onUnread: () => follower?.missed(),
    onSignedOut,
  });
  const follow = (next: ClusterFollower | undefined) => {
    follower = next;
    void next?.follow();
  };
  return { socket, follow };
}

function liveAddress(): string {
  const address = new URL(LIVE_PATH, window.location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return address.href;
}

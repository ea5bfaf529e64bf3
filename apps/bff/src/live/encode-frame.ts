import { LiveFrame } from "@snapdeck/contract/live";
import { textFrame } from "./text-frame.ts";

/**
 * How a frame travels to a slow reader. `state`: never left out. `newest`: waits, and a newer one of the same `key` takes its
 * place. `passing`: dropped, because the next one says more.
 */
export type Delivery = "state" | "newest" | "passing";

/** A frame as it goes over the wire, serialised once for all who get it. */
export type EncodedFrame = { readonly bytes: Buffer; readonly delivery: Delivery; readonly key: string };

function deliveryOf(type: LiveFrame["type"]): Delivery {
  switch (type) {
    case "progress":
    case "beat":
      return "passing";
    case "cluster":
    case "backups":
      return "newest";
    case "job":
    case "following":
    case "resync":
    case "problem":
      return "state";
  }
}

function keyOf(frame: LiveFrame): string {
  switch (frame.type) {
    case "cluster":
      return `cluster ${frame.cluster.id}`;
    case "backups":
      return `backups ${frame.clusterId}`;
    default:
      return frame.type;
  }
}

/** Checks and serialises a frame. Throws when it does not fit the contract: a bug. */
export function encodeFrame(frame: LiveFrame): EncodedFrame {
  const parsed = LiveFrame.parse(frame);
  return { bytes: textFrame(JSON.stringify(parsed)), delivery: deliveryOf(parsed.type), key: keyOf(parsed) };
}

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { HostStatus } from "@snapdeck/contract/host";
import { Problem } from "@snapdeck/contract/problem";
import type { FaultWorld } from "./world.ts";

/** What the host manager said: its status, or why it refused. */
export type Ordered = {
  readonly status: number;
  readonly code?: string;
  readonly detail?: string | undefined;
  readonly state?: HostStatus["state"];
  readonly transition?: HostStatus["transition"];
};

/** An order to the host manager from beside Snapdeck, by somebody who has its token. */
export async function orderHost(
  { stack }: FaultWorld,
  what: "suspend" | "resume" | "restores",
  { operationId = randomUUID(), fencingToken }: { operationId?: string; fencingToken: number },
): Promise<Ordered> {
  const { hostUrl, tokenFile } = stack.servers;
  const response = await fetch(new URL(`/v1/${what}`, hostUrl), {
    method: "POST",
    headers: {
      authorization: `Bearer ${readFileSync(tokenFile, "utf8").trim()}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ operationId, fencingToken }),
  });
  const { status } = response;
  const answer: unknown = await response.json();
  if (!response.ok) {
    const { code, detail } = Problem.parse(answer);
    return { status, code, detail };
  }
  if (what === "restores") return { status };
  const { state, transition } = HostStatus.parse(answer);
  return { status, state, transition };
}

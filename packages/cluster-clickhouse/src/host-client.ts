import {
  type HostFillOrder,
  type HostOrder,
  HostRestore,
  HostStatus,
  HostTrial,
  RankEndpoints,
} from "@snapdeck/contract/host";
import { Problem } from "@snapdeck/contract/problem";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { z } from "zod";

/** How long the host manager may take to answer, in milliseconds. It answers at once; long work goes on behind the answer. */
const ANSWER_MS = 10_000;

export type HostAddress = { readonly url: string; readonly token: string };

/** Speaks the wire of `contract/host.ts`. Failures arrive as the `SnapdeckError` that the host manager sent. */
export class HostClient {
  readonly #address: HostAddress;

  constructor(address: HostAddress) {
    this.#address = address;
  }

  status(): Promise<HostStatus> {
    return this.#ask("GET", "status", HostStatus);
  }

  endpoints(): Promise<RankEndpoints> {
    return this.#ask("GET", "endpoints", RankEndpoints);
  }

  suspend(order: HostOrder): Promise<HostStatus> {
    return this.#ask("POST", "suspend", HostStatus, order);
  }

  resume(order: HostOrder): Promise<HostStatus> {
    return this.#ask("POST", "resume", HostStatus, order);
  }

  openRestore(order: HostFillOrder): Promise<HostRestore> {
    return this.#ask("POST", "restores", HostRestore, order);
  }

  /** Undefined when that restore was never opened. */
  restore(operationId: string): Promise<HostRestore | undefined> {
    return unlessUnknown(this.#ask("GET", `restores/${operationId}`, HostRestore));
  }

  restoreEndpoints(operationId: string): Promise<RankEndpoints> {
    return this.#ask("GET", `restores/${operationId}/endpoints`, RankEndpoints);
  }

  commitRestore({ operationId, fencingToken }: HostOrder): Promise<HostRestore> {
    return this.#ask("POST", `restores/${operationId}/commit`, HostRestore, { operationId, fencingToken });
  }

  discardRestore({ operationId, fencingToken }: HostOrder): Promise<HostRestore> {
    return this.#ask("POST", `restores/${operationId}/discard`, HostRestore, { operationId, fencingToken });
  }

  undoRestore({ operationId, fencingToken }: HostOrder): Promise<HostRestore> {
    return this.#ask("POST", `restores/${operationId}/undo`, HostRestore, { operationId, fencingToken });
  }

  keepRestored({ operationId, fencingToken }: HostOrder): Promise<HostRestore> {
    return this.#ask("POST", `restores/${operationId}/keep`, HostRestore, { operationId, fencingToken });
  }

  openTrial(order: HostFillOrder): Promise<HostTrial> {
    return this.#ask("POST", "trials", HostTrial, order);
  }

  /** Undefined when that trial was never opened, or the host manager was started anew since. */
  trial(operationId: string): Promise<HostTrial | undefined> {
    return unlessUnknown(this.#ask("GET", `trials/${operationId}`, HostTrial));
  }

  trialEndpoints(operationId: string): Promise<RankEndpoints> {
    return this.#ask("GET", `trials/${operationId}/endpoints`, RankEndpoints);
  }

  /** Undefined when there is no such trial. */
  discardTrial(operationId: string): Promise<HostTrial | undefined> {
    return unlessUnknown(this.#ask("POST", `trials/${operationId}/discard`, HostTrial));
  }

  async #ask<T>(method: "GET" | "POST", path: string, answer: z.ZodType<T>, body?: HostFillOrder): Promise<T> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(new URL(`/v1/${path}`, this.#address.url), {
        method,
        redirect: "error",
        headers: {
          authorization: `Bearer ${this.#address.token}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        signal: AbortSignal.timeout(ANSWER_MS),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      text = await response.text();
    } catch (thrown) {
      throw unreachable(thrown);
    }
    if (!response.ok) throw failureOf(text);
    const parsed = answer.safeParse(parseJson(text));
    if (!parsed.success) throw unreachable(parsed.error);
    return parsed.data;
  }
}

async function unlessUnknown<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (thrown) {
    if (thrown instanceof SnapdeckError && thrown.code === "job-not-found") return undefined;
    throw thrown;
  }
}

function failureOf(text: string): SnapdeckError {
  const parsed = Problem.safeParse(parseJson(text));
  if (!parsed.success) return unreachable(parsed.error);
  const { code, status, title, detail, hint } = parsed.data;
  // A wrong token is a matter between two servers; it must not look as if the user were not signed in.
  if (status === 401 || detail === undefined) return unreachable(new Error(title));
  return new SnapdeckError(code, detail, hint === undefined ? {} : { hint });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unreachable(cause: unknown): SnapdeckError {
  return new SnapdeckError("host-unreachable", "the host manager of the cluster did not answer as expected", {
    hint: "See whether the cluster's host manager runs; its data is not affected.",
    cause,
  });
}

import type { Clock } from "@snapdeck/core/clock";
import type { Services } from "../services.ts";
import { mustBeFresh } from "./guard.ts";
import type { Handlers } from "./handlers.ts";

type SqlHandlerParts = { readonly services: Pick<Services, "sql">; readonly clock: Clock; readonly freshMs: number };

/** Statements: which role each of them needs, and whether a fresh password, the service knows. */
export function sqlHandlers({ services, clock, freshMs }: SqlHandlerParts): Pick<Handlers, "runSql"> {
  return {
    runSql: ({ params, body }, { actor, idempotencyKey, presence, signal }) =>
      services.sql.run(params.clusterId, body.sql, {
        actor,
        idempotencyKey,
        mustBeFresh: () => mustBeFresh(presence.session.confirmedAt, { clock, freshMs }),
        signal,
      }),
  };
}

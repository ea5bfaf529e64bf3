import { z } from "zod";

/** A 64-bit count as the engine prints it in JSON: a number, or a string where it quotes large ones. */
export const EngineCount = z.union([z.int(), z.string().regex(/^\d+$/).transform(Number)]).pipe(z.int().nonnegative());

/** A count that some tables and engines do not have. */
export const MaybeCount = EngineCount.nullable().transform((count) => count ?? undefined);

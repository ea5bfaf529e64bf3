import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { reasonOf } from "../store/stored-file.ts";

/** Reads the state as it was at one moment. */
export type StateReader = {
  /** @param query SQL that SQLite and PostgreSQL both read, with `?` for each parameter */
  rows(query: string, ...parameters: readonly (string | number)[]): Promise<unknown[]>;
};

export type StateSource = { readonly sqliteFile: string } | { readonly databaseUrl: string };

export function stateUnreadable(which: string, cause: unknown): SnapdeckError {
  return new SnapdeckError("store-unavailable", `the state ${which} cannot be read (${reasonOf(cause)})`, {
    hint: "Name the state of the console that this store belongs to.",
    cause,
  });
}

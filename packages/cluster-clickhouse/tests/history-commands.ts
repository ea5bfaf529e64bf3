import fc from "fast-check";

/** How many tables and views a history has at most. */
export const SLOTS = 5;

/** Of the MergeTree family and of the others: they are kept in different ways. */
const ENGINES = [
  "MergeTree ORDER BY n",
  "ReplacingMergeTree ORDER BY n",
  "Log",
  "StripeLog",
  "TinyLog",
  "Memory",
] as const;

/** One thing that happens to a cluster or to its backup. `slot` and `pick` name what it happens to, of what there is. */
export type HistoryCommand =
  | { readonly do: "create"; readonly slot: number; readonly engine: (typeof ENGINES)[number] }
  | { readonly do: "create view"; readonly slot: number }
  | { readonly do: "drop" | "truncate" | "delete" | "update" | "add column"; readonly slot: number }
  | { readonly do: "insert"; readonly slot: number; readonly rows: number }
  | {
      readonly do: "incremental";
      readonly cap: number | undefined;
      readonly checksum: boolean;
      readonly crash: number | undefined;
    }
  | { readonly do: "differential"; readonly deleteIntermediate: boolean; readonly crash: number | undefined }
  | { readonly do: "recreate" | "merge"; readonly crash: number | undefined }
  | { readonly do: "purge"; readonly pick: number; readonly crash: number | undefined };

const slot = fc.nat({ max: SLOTS - 1 });
/** At which step of a plan the process dies; mostly none. */
const crash = fc.option(fc.nat({ max: 9 }), { nil: undefined, freq: 3 });

const change: fc.Arbitrary<HistoryCommand> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("create" as const), slot, engine: fc.constantFrom(...ENGINES) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("create view" as const), slot }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("insert" as const), slot, rows: fc.constantFrom(0, 1, 10, 3_000) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom(
        "drop" as const,
        "truncate" as const,
        "delete" as const,
        "update" as const,
        "add column" as const,
      ),
      slot,
    }),
  },
);

const snapshot: fc.Arbitrary<HistoryCommand> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("incremental" as const),
      cap: fc.option(fc.nat({ max: 3 }), { nil: undefined }),
      checksum: fc.boolean(),
      crash,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("differential" as const), deleteIntermediate: fc.boolean(), crash }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("purge" as const), pick: fc.nat({ max: 9 }), crash }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("recreate" as const, "merge" as const), crash }) },
);

/** What happens between the first snapshot and the restores, in order. */
export const aHistory: fc.Arbitrary<HistoryCommand[]> = fc.array(
  fc.oneof({ weight: 3, arbitrary: change }, { weight: 2, arbitrary: snapshot }),
  { minLength: 4, maxLength: 16 },
);

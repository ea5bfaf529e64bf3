/** The invariants that a check proves, by their numbers in docs/invariants.md. */
export type Invariant =
  | "I1"
  | "I2"
  | "I4"
  | "I5"
  | "I6"
  | "I7"
  | "I9"
  | "I11"
  | "I15"
  | "I20"
  | "I23"
  | "I24"
  | "I25"
  | "I26"
  | "I29"
  | "I30";

/** One thing that is not as it must be. */
export type Break = {
  readonly invariant: Invariant;
  /** What kind of break it is, for programs: the same words each time. */
  readonly kind: string;
  /** The file (relative to the store), the job or the row that is not as it must be. */
  readonly subject: string;
  /** What is wrong with it, in words, with both values where there are two. */
  readonly detail: string;
  /** `<cluster>/<backup>` where it is about one. */
  readonly backup?: string;
  /** What a repair would do about it or, after one, did; absent where only a person can decide. */
  readonly repair?: string;
  /** True when the repair was done. */
  readonly repaired?: boolean;
};

/** What a check found. `breaks` is empty for a store and a state that keep every promise. */
export type StoreReport = {
  /** Backups that are listed. */
  readonly backups: number;
  /** Files that manifests name, and the bytes in them. */
  readonly files: number;
  readonly sizeBytes: number;
  /** How many facts were looked at for each invariant; one that is not named here was not looked at. */
  readonly checked: readonly { readonly invariant: Invariant; readonly facts: number }[];
  readonly breaks: readonly Break[];
};

/** How far a check is. Totals are known once every manifest was found. */
export type CheckProgress = {
  readonly filesDone: number;
  readonly filesTotal: number;
  readonly bytesDone: number;
  readonly bytesTotal: number;
};

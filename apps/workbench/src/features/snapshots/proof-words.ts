import type { Proof } from "@snapdeck/contract/proof";

/** How far a backup was proven: in two words for a row, and in a sentence for its details. */
export type ProofWords = { readonly word: string; readonly sentence: string };

/** The words of a proof's level. Each says what was looked at, for an operator who does not know the levels by number. */
export function proofWords(level: Proof["level"]): ProofWords {
  switch (level) {
    case "L1":
      return {
        word: "Files checked",
        sentence: "Every file is there with its size, no write failed, and everything is synced to disk.",
      };
    case "L2":
      return {
        word: "Bytes read back",
        sentence: "Every byte is read back from the store and compared with the manifest.",
      };
    case "L3":
      return {
        word: "Restored as a test",
        sentence:
          "It is restored into a throw-away rank, every table is scanned in full, rows and contents are compared.",
      };
  }
}

/** Controls, formatting such as reversed writing, line separators, unpaired surrogates. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** A text that moves no cursor and forges no line in a terminal or a log. No character is added or taken away. */
export function printable(text: string): string {
  return text.replaceAll("\t", " ").replace(UNPRINTABLE, (character) => "\u{b7}".repeat(character.length));
}

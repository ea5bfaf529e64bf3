/** Every tag, also where one's closing dollar is the next one's opening. */
const TAGS = /\$(?=(\w*)\$)/g;

/**
 * The heredocs of a script, `$tag$ ... $tag$`. A tag that is never repeated opens nothing. Where each tag stands last is
 * found in one pass, so that a script full of unanswered tags is not searched to its end for each of them.
 */
export class Heredocs {
  readonly #text: string;
  readonly #tag = /\$\w*\$/y;
  #lastByTag: ReadonlyMap<string, number> | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** The end of the heredoc that opens at `start`, or undefined if none does. */
  endOf(start: number): number | undefined {
    this.#tag.lastIndex = start;
    const tag = this.#tag.exec(this.#text)?.[0];
    if (tag === undefined) return undefined;
    const body = start + tag.length;
    this.#lastByTag ??= lastByTag(this.#text);
    if ((this.#lastByTag.get(tag) ?? -1) < body) return undefined;
    return this.#text.indexOf(tag, body) + tag.length;
  }
}

function lastByTag(text: string): ReadonlyMap<string, number> {
  const last = new Map<string, number>();
  for (const match of text.matchAll(TAGS)) last.set(`$${match[1] ?? ""}$`, match.index);
  return last;
}

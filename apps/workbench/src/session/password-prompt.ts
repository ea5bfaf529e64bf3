type Pending = { readonly answered: Promise<boolean>; readonly answer: (confirmed: boolean) => void };

/**
 * The one question "is it still you?": asked by whatever needs a fresh sign-in, answered by the dialog in the shell. All who ask
 * while it is open share its answer.
 */
class PasswordPrompt {
  #pending: Pending | undefined;
  readonly #listeners = new Set<() => void>();

  /** Opens the dialog. True when the password was confirmed, false when the user let it be. */
  ask(): Promise<boolean> {
    this.#pending ??= newPending();
    this.#tell();
    return this.#pending.answered;
  }

  answer(confirmed: boolean): void {
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.answer(confirmed);
    this.#tell();
  }

  readonly isOpen = (): boolean => this.#pending !== undefined;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function newPending(): Pending {
  let answer: Pending["answer"] = () => undefined;
  const answered = new Promise<boolean>((resolve) => {
    answer = resolve;
  });
  return { answered, answer };
}

export const passwordPrompt = new PasswordPrompt();

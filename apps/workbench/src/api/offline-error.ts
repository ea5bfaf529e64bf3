/** No answer came: the network, the server or a proxy between them is down. */
export class OfflineError extends Error {
  override readonly name = "OfflineError";
  /** The request would have changed something, and nobody knows whether it did. Default true: the careful answer. */
  readonly mayHaveActed: boolean;

  constructor(message: string, mayHaveActed = true, options?: ErrorOptions) {
    super(message, options);
    this.mayHaveActed = mayHaveActed;
  }
}

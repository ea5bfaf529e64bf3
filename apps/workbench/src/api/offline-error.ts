/** No answer came: the network, the server or a proxy between them is down. What the request would have done is not known. */
export class OfflineError extends Error {
  override readonly name = "OfflineError";
}

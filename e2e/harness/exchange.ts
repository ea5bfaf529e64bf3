import { request } from "node:http";
import { text } from "node:stream/consumers";

/** Where a server is, and the name by which it is addressed there. */
export type Address = { readonly url: string; readonly host: string };

export type Exchange = { readonly status: number; readonly headers: Record<string, string[]>; readonly text: string };

/** One request as given, `Host` included, which `fetch` does not let anybody choose, and its whole answer. */
export function exchange(
  { url, host }: Address,
  asked: {
    readonly method: string;
    readonly path: string;
    readonly headers?: Record<string, string>;
    readonly body?: string;
  },
): Promise<Exchange> {
  return new Promise((settle, fail) => {
    const outgoing = request(
      new URL(asked.path, url),
      { method: asked.method, headers: { host, ...asked.headers } },
      (answer) => {
        text(answer).then(
          (whole) =>
            settle({
              status: answer.statusCode ?? 0,
              headers: Object.fromEntries(
                Object.entries(answer.headersDistinct).map(([name, values]) => [name, values ?? []]),
              ),
              text: whole,
            }),
          fail,
        );
      },
    );
    outgoing.on("error", fail);
    outgoing.end(asked.body);
  });
}

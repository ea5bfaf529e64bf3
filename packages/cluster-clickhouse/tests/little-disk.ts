import { once } from "node:events";
import { createServer } from "node:http";

/**
 * Hands every call on to a host manager. From the first call on that `fills` names, its disk is told to have `freeBytes` left: as when
 * somebody beside the work filled it.
 */
export async function proxyOfLittleDisk(
  target: string,
  fills: (call: string) => boolean,
  freeBytes: number,
): Promise<AsyncDisposable & { url: string }> {
  let isFull = false;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const { authorization = "" } = request.headers;
    const answer = await fetch(new URL(request.url ?? "/", target), {
      method: request.method ?? "GET",
      headers: { authorization, ...(chunks.length === 0 ? {} : { "content-type": "application/json" }) },
      ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
    });
    const text = await answer.text();
    if (fills(`${request.method} ${request.url}`)) isFull = true;
    const told = isFull ? text.replaceAll(/"diskFreeBytes":\d+/g, `"diskFreeBytes":${freeBytes}`) : text;
    response.writeHead(answer.status).end(told);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

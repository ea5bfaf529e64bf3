import { createServer } from "node:net";
import { Failure, systemErrorCode } from "../setup/failure.mjs";

/**
 * Fails now, rather than after an installation, when the port cannot be opened.
 * @param {number} port 0 always passes
 * @throws {Failure} `port-unavailable`
 */
export async function refuseTakenPort(port) {
  const probe = createServer();
  const error = await new Promise((settle) => {
    probe.once("error", settle);
    probe.listen({ port, host: "127.0.0.1", exclusive: true }, () => probe.close(() => settle(undefined)));
  });
  if (error === undefined) return;
  const code = systemErrorCode(error);
  const because = code === "EADDRINUSE" ? "is in use by another program" : `cannot be opened (${code ?? error})`;
  throw new Failure(
    "port-unavailable",
    `Port ${port} on 127.0.0.1 ${because}. Nothing was started. Name another with "npm start -- --port N".`,
  );
}

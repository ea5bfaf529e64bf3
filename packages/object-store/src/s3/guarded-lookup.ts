import { lookup } from "node:dns/promises";
import { isIP, type LookupFunction } from "node:net";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { bareHost, type JudgedEndpoint, judgeAddress } from "./endpoint-policy.ts";

export type Address = { readonly address: string; readonly family: number };

/** Asks for every address of a host, as the system would use them. */
export type Resolve = (host: string) => Promise<readonly Address[]>;

export const systemResolve: Resolve = (host) => lookup(host, { all: true, verbatim: true });

/**
 * All addresses of an endpoint, each of them judged; to be asked before anybody else, such as the engine, is handed its URL.
 * @throws {SnapdeckError} `not-supported`; `store-unavailable` when nobody knows the name.
 */
export async function resolveEndpoint(endpoint: JudgedEndpoint, resolve: Resolve = systemResolve): Promise<Address[]> {
  const host = bareHost(endpoint.url.hostname);
  const family = isIP(host);
  if (family !== 0) {
    judgeAddress(endpoint, host);
    return [{ address: host, family }];
  }
  return judged(endpoint, host, resolve);
}

/**
 * How an agent finds the addresses that it connects to. They are judged when it connects, and it connects to just these: a name that
 * stands for something else a moment later gains nothing.
 */
export function guardedLookup(endpoint: JudgedEndpoint, resolve: Resolve = systemResolve): LookupFunction {
  const host = bareHost(endpoint.url.hostname);
  return (hostname, options, callback) => {
    // With virtual addressing the bucket stands before the host.
    const isOurs = hostname === host || hostname.endsWith(`.${host}`);
    const found = isOurs ? judged(endpoint, hostname, resolve) : Promise.reject(new Error("not the endpoint's host"));
    found.then(
      (addresses) => {
        const [first] = addresses;
        if (options.all === true) callback(null, [...addresses]);
        else callback(null, first?.address ?? "", first?.family);
      },
      (thrown: unknown) => callback(thrown instanceof Error ? thrown : new Error("the name was not found"), ""),
    );
  };
}

async function judged(endpoint: JudgedEndpoint, host: string, resolve: Resolve): Promise<Address[]> {
  const addresses = await resolve(host).catch((thrown: unknown) => {
    throw unknownHost(endpoint, thrown);
  });
  if (addresses.length === 0) throw unknownHost(endpoint, undefined);
  // One bad address spoils the name: which of them is used is chance.
  for (const { address } of addresses) judgeAddress(endpoint, address);
  return [...addresses];
}

function unknownHost(endpoint: JudgedEndpoint, cause: unknown): SnapdeckError {
  return new SnapdeckError("store-unavailable", `nobody knows the address of ${endpoint.url.host}`, {
    hint: "Check the endpoint's spelling, and that this server can ask its name server.",
    cause,
  });
}

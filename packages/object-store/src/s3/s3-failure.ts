import type { ProblemCode } from "@snapdeck/contract/problem";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { answerOf, type S3Answer } from "./s3-answer.ts";
import { MEANING_OF_CODE, MEANING_OF_ERRNO, type Meaning, TLS_ERRNO } from "./s3-meanings.ts";
import type { WithoutSecrets } from "./without-secrets.ts";

export type FailedCall = {
  /** The store's name. */
  readonly store: string;
  /** Host and port. */
  readonly host: string;
  /** What it was to do, as in "reading x". */
  readonly doing: string;
  /** What its failure means for what is in the store, where that is not plain. */
  readonly aftermath?: string | undefined;
  readonly withoutSecrets: WithoutSecrets;
};

/** What a user reads when a call failed; passes on what was foreseen already. The cause keeps what finds the call in the server's log. */
export function s3Failure(call: FailedCall, thrown: unknown): SnapdeckError {
  if (thrown instanceof SnapdeckError) return thrown;
  const answer = answerOf(thrown);
  const { code, what, hint } = meaningOf(answer, call);
  return new SnapdeckError(
    code,
    call.withoutSecrets(`the store ${call.store} ${what} while ${call.doing}${aftermathOf(call)}`),
    {
      hint,
      cause: new Error(call.withoutSecrets(inShort(answer))),
    },
  );
}

/** A call that got no end in its time. */
export function tooLate(call: FailedCall): SnapdeckError {
  const detail = `the store ${call.store} took too long while ${call.doing}${aftermathOf(call)}`;
  return new SnapdeckError("store-unavailable", call.withoutSecrets(detail), {
    hint: `Check that ${call.host} answers and how busy it is, then try again.`,
  });
}

function aftermathOf({ aftermath }: FailedCall): string {
  return aftermath === undefined ? "" : `; ${aftermath}`;
}

function meaningOf(answer: S3Answer, { host }: FailedCall): Meaning & { code: ProblemCode } {
  const { code = "", status, errno = "" } = answer;
  const known = MEANING_OF_CODE[code] ?? MEANING_OF_ERRNO[errno];
  if (known !== undefined) return { code: "store-unavailable", ...known };
  if (TLS_ERRNO.test(errno)) {
    return {
      code: "store-unavailable",
      what: `showed a certificate that is not trusted (${errno})`,
      hint: `Let this server trust who signed the certificate of ${host} (NODE_EXTRA_CA_CERTS), or give the name that it is for.`,
    };
  }
  if (errno.startsWith("HPE_")) {
    return {
      code: "store-unavailable",
      what: "gave an answer that is not HTTP",
      hint: `Check that ${host} is an S3 server, and what stands between it and this server.`,
    };
  }
  if (status === 507)
    return { code: "disk-full", what: "has no room left", hint: "Free some space or delete a backup, then try again." };
  if (status === 301 || status === 302 || status === 307 || status === 308) {
    return {
      code: "store-unavailable",
      what: "sent us elsewhere, where we do not go",
      hint: "Check the region and the endpoint.",
    };
  }
  if (status === 401 || status === 403) {
    return {
      code: "store-unavailable",
      what: "did not allow it",
      hint: "Check the credentials, what they allow on the bucket, and this server's clock.",
    };
  }
  if (status === 404)
    return {
      code: "store-unavailable",
      what: "was not found",
      hint: `Check the bucket's name and that ${host} is an S3 server.`,
    };
  if (status === 429 || (status !== undefined && status >= 500)) {
    return {
      code: "store-unavailable",
      what: `answered ${status}, as did its repetitions,`,
      hint: `Look at what ${host} says of itself, then try again.`,
    };
  }
  if (status !== undefined) {
    return {
      code: "store-unavailable",
      what: `gave an answer that is not S3's or is cut short (${[status, code].join(" ").trim()})`,
      hint: `Check that ${host} is an S3 server, and what stands between it and this server.`,
    };
  }
  return {
    code: "store-unavailable",
    what: `failed${errno === "" ? "" : ` with ${errno}`}`,
    hint: `Check that ${host} is an S3 server and answers this one.`,
  };
}

function inShort({ code, status, errno, requestId }: S3Answer): string {
  const said = status === undefined ? (errno ?? "no answer") : `${status} ${code ?? ""}`.trim();
  return requestId === undefined ? `S3: ${said}` : `S3: ${said}, request ${requestId}`;
}

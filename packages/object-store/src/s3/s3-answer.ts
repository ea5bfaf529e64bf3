import { errnoOf } from "../store-failure.ts";

/** What a failed request says of itself, of all that it carries: the rest may hold keys and signatures. */
export type S3Answer = {
  /** S3's name of the failure, such as `NoSuchBucket`. */
  readonly code: string | undefined;
  /** HTTP status, when there was an answer. */
  readonly status: number | undefined;
  /** The system's name of the failure, such as `ECONNREFUSED`, when there was none. */
  readonly errno: string | undefined;
  readonly requestId: string | undefined;
};

/** Names of failures are words; a server that puts something else there says nothing that we repeat. */
const WORD = /^[A-Za-z][A-Za-z0-9._]{0,63}$/;
const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;

/** Reads what the AWS SDK threw. Every field is from outside, so none is trusted. */
export function answerOf(thrown: unknown): S3Answer {
  const facts = fieldsOf(thrown);
  const metadata = fieldsOf(facts["$metadata"]);
  const status = metadata["httpStatusCode"];
  const given = [facts["Code"], facts["name"]].filter((each) => typeof each === "string" && WORD.test(each));
  // A body without a name of a failure, as for HEAD, is called one of these.
  const code = given.find((each) => each !== "UnknownError" && each !== "Unknown" && each !== "Error");
  const requestId = facts["RequestId"] ?? metadata["requestId"];
  const hasAnswer = typeof status === "number";
  return {
    code: hasAnswer && typeof code === "string" ? code : undefined,
    status: hasAnswer ? status : undefined,
    errno: hasAnswer ? undefined : (errnoOf(thrown) ?? (facts["name"] === "TimeoutError" ? "ETIMEDOUT" : undefined)),
    requestId: typeof requestId === "string" && REQUEST_ID.test(requestId) ? requestId : undefined,
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value, ...named(value) } : {};
}

/** The name of an error is inherited. */
function named(value: object): Readonly<Record<string, unknown>> {
  return "name" in value ? { name: value.name } : {};
}

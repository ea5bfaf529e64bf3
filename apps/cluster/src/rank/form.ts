import { EngineError } from "./engine-error.ts";
import type { RankRequest } from "./request.ts";
import { MAX_STATEMENT_BYTES, type RequestBody } from "./request-body.ts";

export function isForm(contentType: string | undefined): contentType is string {
  return contentType?.toLowerCase().startsWith("multipart/form-data") ?? false;
}

function refuse(text: string): never {
  throw new EngineError(408, "BAD_REQUEST_PARAMETER", text);
}

/**
 * A request whose statement and bound parameters come as a form, because they would be too long for an address. ClickHouse
 * takes tables in that way too; a rank does not.
 */
export async function readForm(request: RankRequest, body: RequestBody, contentType: string): Promise<RankRequest> {
  const bytes = await body.fill(Buffer.alloc(0), MAX_STATEMENT_BYTES);
  if (!body.ended && (await body.next()) !== undefined) {
    throw new EngineError(229, "QUERY_IS_TOO_LARGE", `The form is over ${MAX_STATEMENT_BYTES} bytes`);
  }
  const response = new Response(new Uint8Array(bytes), { headers: { "content-type": contentType } });
  const form = await response.formData().catch(() => refuse("The body is not the form that it is said to be"));
  const params = new Map(request.params);
  let sql = request.sql;
  for (const [name, value] of form) {
    if (typeof value !== "string")
      throw new EngineError(48, "NOT_IMPLEMENTED", "External tables are not supported by a rank");
    if (name === "query") sql += value;
    else if (/^param_[A-Za-z_]\w*$/.test(name)) params.set(name.slice("param_".length), value);
    else refuse(`The form has a field '${name}', which is neither the query nor a parameter`);
  }
  return { ...request, sql, params };
}

import { AuditEntry } from "@snapdeck/contract/audit";
import { Backup, RestorePlan } from "@snapdeck/contract/backup";
import { Cluster, Inventory, TableChecksum } from "@snapdeck/contract/cluster";
import { Job } from "@snapdeck/contract/job";
import { PROBLEMS, Problem, type ProblemCode } from "@snapdeck/contract/problem";
import { ANY_ROUTE_PROBLEMS, type Route } from "@snapdeck/contract/route";
import { routes } from "@snapdeck/contract/routes";
import { CSRF_HEADER, Session, User } from "@snapdeck/contract/session";
import { z } from "zod";

type Json = { readonly [key: string]: unknown };

const NAMED = { AuditEntry, Backup, Cluster, Inventory, Job, Problem, RestorePlan, Session, TableChecksum, User };

const named = z.registry<{ id: string }>();
for (const [id, schema] of Object.entries(NAMED)) named.add(schema, { id });

const COMPONENT = "#/components/schemas/";

/** Schemas that have a name stand once under `components`; what others hold of them is a reference there. */
function schemaOf(schema: z.ZodType, io: "input" | "output"): Json {
  const id = named.get(schema)?.id;
  if (id !== undefined) return { $ref: `${COMPONENT}${id}` };
  const { $schema: _, $defs: __, ...printed } = z.toJSONSchema(schema, { metadata: named, io });
  return JSON.parse(JSON.stringify(printed).replaceAll('"#/$defs/', `"${COMPONENT}`));
}

function components(): Json {
  const { schemas } = z.toJSONSchema(named, { uri: (id) => `${COMPONENT}${id}` });
  return Object.fromEntries(Object.entries(schemas).map(([id, { $schema: _, $id: __, ...schema }]) => [id, schema]));
}

function parameters(where: "path" | "query", schema: z.ZodObject): Json[] {
  return Object.entries(schema.shape).map(([name, part]) => ({
    name,
    in: where,
    required: where === "path",
    schema: schemaOf(part, "input"),
  }));
}

function headers({ method }: Route): Json[] {
  if (method === "GET") return [];
  const header = (name: string, description: string) => ({
    name,
    in: "header",
    required: false,
    description,
    schema: { type: "string", maxLength: 200 },
  });
  return [
    header("Idempotency-Key", "Names a request that starts a job, so that sending it twice starts one job"),
    header(CSRF_HEADER, "The session's csrfToken; needed wherever a sign-in is"),
  ];
}

function problems(route: Route): Json {
  const codes = [...new Set<ProblemCode>([...ANY_ROUTE_PROBLEMS, ...route.problems])];
  const statuses = new Set(codes.map((code) => PROBLEMS[code].status));
  const describe = (status: number) =>
    codes.filter((code) => PROBLEMS[code].status === status).map((code) => `\`${code}\`: ${PROBLEMS[code].title}`);
  const content = { "application/problem+json": { schema: schemaOf(Problem, "output") } };
  return Object.fromEntries(
    [...statuses].map((status) => [status, { description: describe(status).join("\n\n"), content }]),
  );
}

function success({ status, response }: Route): Json {
  const description = { 200: "Done", 201: "Made", 202: "A job was started", 204: "Done" }[status];
  if (response === undefined) return { [status]: { description } };
  return { [status]: { description, content: { "application/json": { schema: schemaOf(response, "output") } } } };
}

function operation(operationId: string, route: Route): Json {
  const role = route.role === "anyone" ? "Needs no sign-in." : `Needs the role ${route.role}.`;
  const fresh = route.fresh === true ? " Needs a password typed a short while ago." : "";
  return {
    operationId,
    summary: route.summary,
    description: role + fresh,
    "x-snapdeck-role": route.role,
    "x-snapdeck-fresh": route.fresh === true,
    security: route.role === "anyone" ? [] : [{ session: [] }],
    parameters: [...parameters("path", route.params), ...parameters("query", route.query), ...headers(route)],
    ...(route.body === undefined
      ? {}
      : {
          requestBody: { required: true, content: { "application/json": { schema: schemaOf(route.body, "input") } } },
        }),
    responses: { ...success(route), ...problems(route) },
  };
}

/** The contract's table as an OpenAPI 3.1 document: what is served is what is printed. */
export function printOpenapi(version: string, cookieName: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const [name, route] of Object.entries(routes)) {
    const path = route.path.replaceAll(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(name, route) };
  }
  return {
    openapi: "3.1.0",
    jsonSchemaDialect: "https://json-schema.org/draft/2020-12/schema",
    info: { title: "Snapdeck", version, license: { name: "Apache-2.0", identifier: "Apache-2.0" } },
    servers: [{ url: "/api" }],
    paths,
    components: {
      schemas: components(),
      securitySchemes: { session: { type: "apiKey", in: "cookie", name: cookieName } },
    },
  };
}

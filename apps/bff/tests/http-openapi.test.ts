import { PROBLEMS } from "@snapdeck/contract/problem";
import { routes } from "@snapdeck/contract/routes";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { startWorld, type World } from "./world/start-world.ts";

const Schema = z.record(z.string(), z.unknown());
const Content = z.record(z.string(), z.strictObject({ schema: Schema }));
const Operation = z.strictObject({
  operationId: z.string(),
  summary: z.string(),
  description: z.string(),
  "x-snapdeck-role": z.string(),
  "x-snapdeck-fresh": z.boolean(),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z.array(
    z.strictObject({
      name: z.string(),
      in: z.enum(["path", "query", "header"]),
      required: z.boolean(),
      description: z.string().optional(),
      schema: Schema,
    }),
  ),
  requestBody: z.strictObject({ required: z.boolean(), content: Content }).optional(),
  responses: z.record(
    z.string().regex(/^[1-5]\d\d$/),
    z.strictObject({ description: z.string(), content: Content.optional() }),
  ),
});
/** The part of OpenAPI 3.1 that we print. */
const Document = z.strictObject({
  openapi: z.literal("3.1.0"),
  jsonSchemaDialect: z.url(),
  info: z.strictObject({ title: z.string(), version: z.string(), license: z.record(z.string(), z.string()) }),
  servers: z.array(z.strictObject({ url: z.string() })),
  paths: z.record(z.string().startsWith("/"), z.partialRecord(z.enum(["get", "post", "patch", "delete"]), Operation)),
  components: z.strictObject({
    schemas: z.record(z.string(), Schema),
    securitySchemes: z.record(z.string(), z.record(z.string(), z.string())),
  }),
});

let world: World;
let text: string;
let document: z.infer<typeof Document>;

beforeAll(async () => {
  world = await startWorld();
  text = (await world.browser().ask("GET", "/api/openapi.json")).text;
  document = Document.parse(JSON.parse(text));
});

afterAll(() => world.stop());

describe("The OpenAPI document", () => {
  test.each(Object.entries(routes))("describes %s with its role and its problems", (name, route) => {
    const item = document.paths[route.path.replaceAll(/:(\w+)/g, "{$1}")];
    const operation = Object.values(item ?? {}).find((candidate) => candidate.operationId === name);
    expect(operation).toBeDefined();
    expect(operation?.["x-snapdeck-role"]).toBe(route.role);
    expect(Object.keys(operation?.responses ?? {})).toContain(String(route.status));
    for (const code of route.problems) {
      expect(operation?.responses[PROBLEMS[code].status]?.description).toContain(`\`${code}\``);
    }
    const inPath = operation?.parameters.filter((parameter) => parameter.in === "path").map(({ name: key }) => key);
    expect(inPath).toEqual([...route.path.matchAll(/:(\w+)/g)].map((match) => match[1]));
  });

  test("refers to nothing that it does not hold", () => {
    const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1] ?? "");
    expect(references.length).toBeGreaterThan(20);
    for (const reference of references) {
      expect(Object.keys(document.components.schemas)).toContain(reference.replace("#/components/schemas/", ""));
    }
    expect(text).not.toContain("$defs");
  });

  test("takes no method but reading", async () => {
    const answer = await world.browser().ask("POST", "/api/openapi.json", { body: {} });
    expect(answer.status).toBe(405);
  });
});

import { type AlterConnection, type CreateConnection, kindOf } from "./connection-kind.ts";

/**
 * What a definition becomes by SET PROPERTY. An empty text takes an option away, and whoever names a credential gives up user and password,
 * or the other way round.
 */
export function altered(definition: CreateConnection, statement: AlterConnection): CreateConnection {
  if (definition.kind === "create-data-sink" && statement.kind === "alter-data-sink") {
    const { location = definition.location, ...options } = statement.properties;
    return { ...definition, location, options: merged(definition.options, options) };
  }
  if (definition.kind === "create-data-source" && statement.kind === "alter-data-source") {
    const { location = definition.location, user, password, ...options } = statement.properties;
    const { user: userBefore, password: passwordBefore, ...rest } = definition;
    const own = {
      ...orNothing("user", user ?? (options.credential === undefined ? userBefore : undefined)),
      ...orNothing("password", password ?? (options.credential === undefined ? passwordBefore : undefined)),
    };
    const { credential, ...others } = merged(definition.options, options);
    const givesItUp = options.credential === undefined && (user !== undefined || password !== undefined);
    const kept = givesItUp || credential === undefined ? others : { ...others, credential };
    return { ...rest, ...own, location, options: kept };
  }
  if (definition.kind === "create-credential" && statement.kind === "alter-credential") {
    const { type = definition.type, identity, secret, ...options } = statement.properties;
    return {
      ...definition,
      type,
      ...orNothing("identity", identity ?? definition.identity),
      ...orNothing("secret", secret ?? definition.secret),
      options: merged(definition.options, options),
    };
  }
  throw new Error(`${statement.kind} does not change a ${kindOf(definition)}`);
}

function merged<O extends object>(before: O, changes: O): O {
  const all = { ...before, ...changes };
  for (const [key, value] of Object.entries(changes)) if (value === "") Reflect.deleteProperty(all, key);
  return all;
}

function orNothing<K extends string, V>(key: K, value: V | undefined): { readonly [key in K]?: V } {
  const one: { [key in K]?: V } = {};
  if (value !== undefined && value !== "") one[key] = value;
  return one;
}

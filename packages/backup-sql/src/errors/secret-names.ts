import { isKeyword, keywordNames } from "../lexing/tokens.ts";
import { DATA_SINK_PROPERTIES, DATA_SOURCE_PROPERTIES } from "../options/connection-options.ts";
import { CREDENTIAL_PROPERTIES } from "../options/credential-options.ts";
import { findOption, normalizedName } from "../options/option-name.ts";
import { didYouMean } from "./did-you-mean.ts";

const TABLES = [CREDENTIAL_PROPERTIES, DATA_SOURCE_PROPERTIES, DATA_SINK_PROPERTIES];
const OPTION_WORDS = new Set(
  TABLES.flatMap((table) => Object.values(table)).flatMap(({ sql }) => normalizedName(sql).split("_")),
);
const DIALECT_WORDS = [
  ...keywordNames,
  ...OPTION_WORDS,
  ...TABLES.flatMap((table) => Object.values(table)).map(({ sql }) => normalizedName(sql)),
];
const SECRET_LIKE = /SECRET|PASSW|PASSPHRASE|PWD|TOKEN|IDENTITY|IDENTIFIED|SIGNATURE|KEY/;

/** Whether the value of an option of a sink, source or credential is secret, or undefined if there is no such option. */
export function isSecretOption(name: string): boolean | undefined {
  const found = TABLES.map((table) => findOption(table, name)).find((option) => option !== undefined);
  return found === undefined ? undefined : found.definition.secret === true;
}

/** Whether a name, of anything anywhere, sounds like that of a secret. */
export function soundsSecret(name: string): boolean {
  return SECRET_LIKE.test(normalizedName(name));
}

/** Whether the location of a store holds more than an address: a password may stand before `@`, or in parameters. */
export function hidesInLocation(location: string): boolean {
  return /[@?;]/.test(location);
}

/** Whether a word is a keyword, or one of an option's name. */
export function isDialectWord(word: string): boolean {
  return isKeyword(word) || OPTION_WORDS.has(word.toUpperCase()) || isSecretOption(word) !== undefined;
}

/** Whether a word is probably a misspelled one of the dialect. Short words are near to too much. */
export function isNearDialectWord(word: string): boolean {
  return word.length >= 5 && didYouMean(word, DIALECT_WORDS) !== undefined;
}

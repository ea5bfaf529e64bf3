import type { CREDENTIAL_OPTIONS, CREDENTIAL_PROPERTIES, CredentialType } from "../options/credential-options.ts";
import type { OptionsOf } from "../options/option-table.ts";
import type { ObjectSelector } from "./object-selector.ts";
import type { QualifiedName } from "./qualified-name.ts";

/** With S3, `identity` is the access key's id and `secret` the key. */
export type CreateCredential = {
  readonly kind: "create-credential";
  readonly name: QualifiedName;
  readonly orReplace: boolean;
  readonly type: CredentialType;
  readonly identity?: string;
  readonly secret?: string;
  readonly options: OptionsOf<typeof CREDENTIAL_OPTIONS>;
};

/** `properties` holds one at least. */
export type AlterCredential = {
  readonly kind: "alter-credential";
  readonly name: QualifiedName;
  readonly properties: OptionsOf<typeof CREDENTIAL_PROPERTIES>;
};

export type DropCredential = { readonly kind: "drop-credential"; readonly credentials: ObjectSelector };
export type ShowCredential = { readonly kind: "show-credential"; readonly credentials: ObjectSelector };
export type DescribeCredential = { readonly kind: "describe-credential"; readonly credentials: ObjectSelector };

export type CredentialStatement =
  | CreateCredential
  | AlterCredential
  | DropCredential
  | ShowCredential
  | DescribeCredential;

import type { DATA_SOURCE_OPTIONS, DATA_SOURCE_PROPERTIES } from "../options/connection-options.ts";
import type { OptionsOf } from "../options/option-table.ts";
import type { ObjectSelector } from "./object-selector.ts";
import type { QualifiedName } from "./qualified-name.ts";

/** `location` is the provider's URL as written; EXTERNAL means nothing and is dropped. */
export type CreateDataSource = {
  readonly kind: "create-data-source";
  readonly name: QualifiedName;
  readonly orReplace: boolean;
  readonly location: string;
  readonly user?: string;
  readonly password?: string;
  readonly options: OptionsOf<typeof DATA_SOURCE_OPTIONS>;
};

/** `properties` holds one at least. */
export type AlterDataSource = {
  readonly kind: "alter-data-source";
  readonly name: QualifiedName;
  readonly properties: OptionsOf<typeof DATA_SOURCE_PROPERTIES>;
};

export type DropDataSource = { readonly kind: "drop-data-source"; readonly name: QualifiedName };
export type ShowDataSource = { readonly kind: "show-data-source"; readonly sources: ObjectSelector };
export type DescribeDataSource = { readonly kind: "describe-data-source"; readonly sources: ObjectSelector };

export type DataSourceStatement =
  | CreateDataSource
  | AlterDataSource
  | DropDataSource
  | ShowDataSource
  | DescribeDataSource;

import type { DATA_SINK_OPTIONS, DATA_SINK_PROPERTIES } from "../options/connection-options.ts";
import type { OptionsOf } from "../options/option-table.ts";
import type { ObjectSelector } from "./object-selector.ts";
import type { QualifiedName } from "./qualified-name.ts";

/** `location` is the provider's URL as written; EXTERNAL means nothing and is dropped. */
export type CreateDataSink = {
  readonly kind: "create-data-sink";
  readonly name: QualifiedName;
  readonly orReplace: boolean;
  readonly location: string;
  readonly options: OptionsOf<typeof DATA_SINK_OPTIONS>;
};

/** `properties` holds one at least. */
export type AlterDataSink = {
  readonly kind: "alter-data-sink";
  readonly name: QualifiedName;
  readonly properties: OptionsOf<typeof DATA_SINK_PROPERTIES>;
};

export type DropDataSink = { readonly kind: "drop-data-sink"; readonly name: QualifiedName };
export type ShowDataSink = { readonly kind: "show-data-sink"; readonly sinks: ObjectSelector };
export type DescribeDataSink = { readonly kind: "describe-data-sink"; readonly sinks: ObjectSelector };

export type DataSinkStatement = CreateDataSink | AlterDataSink | DropDataSink | ShowDataSink | DescribeDataSink;

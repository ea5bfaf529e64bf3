import {
  type ColumnDefinitionNode,
  type KyselyPlugin,
  OperationNodeTransformer,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  type QueryId,
  RawNode,
  type RootOperationNode,
} from "kysely";

/**
 * Makes each text column of a new table compare and sort by its bytes, as SQLite's do. What a database compares text by is otherwise
 * its own choice of language, and cursors, moments and names would mean something else on each.
 */
export const bytewiseText: KyselyPlugin = {
  transformQuery: ({ node }: PluginTransformQueryArgs): RootOperationNode => new Transformer().transformNode(node),
  transformResult: async ({ result }: PluginTransformResultArgs) => result,
};

class Transformer extends OperationNodeTransformer {
  protected override transformColumnDefinition(node: ColumnDefinitionNode, queryId?: QueryId): ColumnDefinitionNode {
    const column = super.transformColumnDefinition(node, queryId);
    const { dataType } = column;
    const isText = "dataType" in dataType && dataType.dataType === "text";
    return isText ? { ...column, dataType: RawNode.createWithSql('text collate "C"') } : column;
  }
}

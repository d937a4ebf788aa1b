import {
  Aggregate_GroupType,
  type Expression,
  type Read_DataSource,
  type Relation,
  SetOperation_SetOpType,
} from '@table/proto/spark'
import type { Dialect } from './dialects/dialect.ts'
import type { EngineQuestion } from './engine.ts'
import type { Read } from './reads.ts'

/** The name of the column in a plan. */
const VALUE = 'v'

/** A plan whose only row has the values of the SQL expressions over all values of the column, which the expressions call `v`. */
export function aggregatePlan(
  { format, column }: EngineQuestion,
  reads: readonly Read[],
  expressions: readonly string[],
  dialect: Dialect,
): Relation {
  const values = (read: Read) => (format === 'csv' ? csvValues(read, dialect) : parquetValues(read, column))
  return aggregate(caseSensitive(unionAll(reads.map(values))), expressions)
}

/** The SQL expressions over all rows of the input. */
export function aggregate(input: Relation, expressions: readonly string[]): Relation {
  const groupType = Aggregate_GroupType.GROUP_TYPE_GROUPBY
  return {
    aggregate: { input, groupType, groupingExpressions: [], aggregateExpressions: expressions.map(sql) },
  }
}

/** The columns are found by their places, so their names do not matter. */
function csvValues({ urls, columns, columnIndex, multiLine }: Read, dialect: Dialect): Relation {
  const fields = Array.from({ length: columns }, (_, i) =>
    i === columnIndex ? field(VALUE, 'long') : field(`c${i}`, 'string'),
  )
  const options = dialect.csvOptions(columns, multiLine)
  return project(files({ format: 'csv', schema: structOf(fields), options, paths: urls }), [VALUE])
}

/** The column is found by its name. */
function parquetValues({ urls }: Read, column: string): Relation {
  const schema = structOf([field(column, 'long')])
  return renamed(files({ format: 'parquet', schema, options: {}, paths: urls }), [VALUE])
}

/** The rows of all inputs. The plan is a balanced tree, because engines refuse plans that nest too deeply. */
export function unionAll(inputs: readonly Relation[]): Relation {
  const [only, ...others] = inputs
  if (only && others.length === 0) return only
  const half = Math.ceil(inputs.length / 2)
  return {
    setOp: {
      leftInput: unionAll(inputs.slice(0, half)),
      rightInput: unionAll(inputs.slice(half)),
      setOpType: SetOperation_SetOpType.SET_OP_TYPE_UNION,
      isAll: true,
    },
  }
}

/**
 * Adds a column `V`, so that an engine refuses the plan as ambiguous unless it tells `v` from `V`. An engine that was started again has
 * forgotten the session, and takes the columns `x` and `X` of a Parquet file for one.
 */
function caseSensitive(input: Relation): Relation {
  return project(input, [VALUE, `1 AS ${VALUE.toUpperCase()}`])
}

const sql = (expression: string): Expression => ({ expressionString: { expression } })

export const project = (input: Relation, expressions: readonly string[]): Relation => ({
  project: { input, expressions: expressions.map(sql) },
})

/** The input with other names for its columns, which may be any text. */
export const renamed = (input: Relation, columnNames: string[]): Relation => ({
  toDf: { input, columnNames },
})

export const files = (dataSource: Read_DataSource): Relation => ({ read: { dataSource } })

const field = (name: string, type: 'long' | 'string') => ({ name, type, nullable: true, metadata: {} })

/** A schema as JSON, which takes every name. */
export const structOf = (fields: readonly object[]): string => JSON.stringify({ type: 'struct', fields })

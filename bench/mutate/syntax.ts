import { parseAst } from 'vitest/node'

/** A node of the syntax tree, in the form of ESTree. */
export interface Node {
  type: string
  start: number
  end: number
  // biome-ignore lint/suspicious/noExplicitAny: each type of node has fields of its own, and we look at many types.
  [field: string]: any
}

/** Nodes that add a type to an expression. Types are gone before the code runs, so only the expression counts. */
const typed = ['TSAsExpression', 'TSNonNullExpression', 'TSSatisfiesExpression', 'TSTypeAssertion']

/** Parses TypeScript. Throws an Error if `source` is not TypeScript. */
export function parse(source: string): Node {
  return parseAst(source, { lang: 'ts' }) as unknown as Node
}

/**
 * Calls `visit` for each node that runs, with the surrounding nodes, the nearest first. If `visit` returns
 * false, the nodes inside are skipped.
 */
export function walk(root: Node, visit: (node: Node, around: Node[]) => boolean): void {
  step(root, [])

  function step(node: Node, around: Node[]): void {
    const isTyped = typed.includes(node.type)
    const isType = node.type.startsWith('TS') && !isTyped
    if (isType || node.type === 'ImportDeclaration' || (!isTyped && !visit(node, around))) return
    for (const value of Object.values(node))
      for (const child of Array.isArray(value) ? value : [value])
        if (typeof child?.type === 'string') step(child, [node, ...around])
  }
}

export function isFunction({ type }: Node): boolean {
  return type.endsWith('FunctionExpression') || type === 'FunctionDeclaration'
}

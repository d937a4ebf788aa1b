import type { Node } from './syntax.ts'

/**
 * Returns whether `node` is a text for people: a string with a space, or an argument of an error or the log.
 * Tests check the words that matter, but a message may be worded differently.
 */
export function isMessage(node: Node, source: string): boolean {
  if (node.type === 'TemplateLiteral' || (node.type === 'Literal' && typeof node.value === 'string'))
    return /\s/.test(source.slice(node.start, node.end))
  return (
    node.type === 'CallExpression' && /^(console|process\.stderr)\./.test(source.slice(node.start, node.end))
  )
}

/**
 * Returns whether `node` is a tuning value: a number or size in a module constant, or the length of a typed
 * array. Changing such a value affects speed or memory at most.
 */
export function isTuning(node: Node, [parent, grandparent]: Node[]): boolean {
  if (parent?.type === 'NewExpression' && /^(Ui|I|Flo|BigI|BigUi)\w+Array$/.test(parent.callee.name ?? ''))
    return isConstant(node)
  if (node.type !== 'VariableDeclarator' || !/^[A-Z][A-Z\d_]*$/.test(node.id.name ?? '')) return false
  const isOfModule = grandparent?.type === 'Program' || grandparent?.type === 'ExportNamedDeclaration'
  return parent?.type === 'VariableDeclaration' && isOfModule && isArithmetic(node.init)
}

function isConstant(node: Node): boolean {
  return node.type === 'BinaryExpression'
    ? isConstant(node.left) && isConstant(node.right)
    : node.type === 'Literal'
}

function isArithmetic(node: Node): boolean {
  if (node.type === 'BinaryExpression') return isArithmetic(node.left) && isArithmetic(node.right)
  return (
    node.type === 'Identifier' ||
    (node.type === 'Literal' && ['number', 'bigint'].includes(typeof node.value))
  )
}

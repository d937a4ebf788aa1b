import type { Node } from './syntax.ts'

/**
 * Whether `node` is a text for people: anything with a space, and all that an error or the log is told beside codes. Tests look for
 * the words that matter, but a message may be worded otherwise.
 */
export function isMessage(node: Node, source: string): boolean {
  if (node.type === 'TemplateLiteral' || (node.type === 'Literal' && typeof node.value === 'string'))
    return /\s/.test(source.slice(node.start, node.end))
  return (
    node.type === 'CallExpression' && /^(console|process\.stderr)\./.test(source.slice(node.start, node.end))
  )
}

/**
 * Whether `node` is a number or a size that a constant of a module names, or the length of an array of numbers: one more of it changes
 * speed or memory, if anything.
 */
export function isTuning(node: Node, [parent, grandparent]: Node[]): boolean {
  if (parent?.type === 'NewExpression' && /^(Ui|I|Flo|BigI|BigUi)\w+Array$/.test(parent.callee.name ?? ''))
    return node.type === 'Literal'
  if (node.type !== 'VariableDeclarator' || !/^[A-Z][A-Z\d_]*$/.test(node.id.name ?? '')) return false
  const isOfModule = grandparent?.type === 'Program' || grandparent?.type === 'ExportNamedDeclaration'
  return parent?.type === 'VariableDeclaration' && isOfModule && isArithmetic(node.init)
}

function isArithmetic(node: Node): boolean {
  if (node.type === 'BinaryExpression') return isArithmetic(node.left) && isArithmetic(node.right)
  return (
    node.type === 'Identifier' ||
    (node.type === 'Literal' && ['number', 'bigint'].includes(typeof node.value))
  )
}

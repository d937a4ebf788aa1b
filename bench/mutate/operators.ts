import { isMessage, isTuning } from './rules.ts'
import { isFunction, type Node, parse, walk } from './syntax.ts'

/** A change of a source: `after` replaces the text from `start` to `end`. */
export interface Change {
  start: number
  end: number
  after: string
}

const binary: Record<string, string[]> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
  '<<': ['>>'],
  '>>': ['<<'],
  '>>>': ['<<'],
  '&': ['|'],
  '|': ['&'],
  '^': ['&'],
}
const assignments: Record<string, string> = {
  '+=': '-=',
  '-=': '+=',
  '*=': '/=',
  '|=': '&=',
  '&=': '|=',
  '<<=': '>>=',
  '>>=': '<<=',
  '??=': '=',
}
const methods: Record<string, string> = {
  min: 'max',
  max: 'min',
  some: 'every',
  every: 'some',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
}

/** Returns all changes of `source` in the order of the source. Each change leaves valid syntax. */
export function changesOf(source: string): Change[] {
  const changes: Change[] = []
  walk(parse(source), (node, around) => {
    if (isMessage(node, source) || isTuning(node, around)) return false
    for (const [part, after] of variants(node, around, source))
      if (part.end > part.start) changes.push({ start: part.start, end: part.end, after })
    return true
  })
  return changes.filter(change => isValid(applied(source, change))).sort((a, b) => a.start - b.start)
}

export function applied(source: string, { start, end, after }: Change): string {
  return source.slice(0, start) + after + source.slice(end)
}

/** Applies changes that do not overlap. */
export function allApplied(source: string, changes: readonly Change[]): string {
  return changes.toSorted((a, b) => b.start - a.start).reduce(applied, source)
}

export function overlap(one: Change, other: Change): boolean {
  return one.start < other.end && other.start < one.end
}

function isValid(source: string): boolean {
  try {
    parse(source)
    return true
  } catch {
    return false
  }
}

type Variant = [part: { start: number; end: number }, after: string]

function variants(node: Node, around: Node[], source: string): Variant[] {
  const text = (part: Node) => source.slice(part.start, part.end)
  /** Replaces the operator, which is between the two nodes. */
  const operator = (left: Node, right: Node, before: string, after: string): Variant => {
    const start = source.indexOf(before, left.end)
    return [start < right.start ? { start, end: start + before.length } : { start: 0, end: 0 }, after]
  }
  switch (node.type) {
    case 'BinaryExpression':
      if (node.operator === '+' && [node.left, node.right].some(isText)) return []
      return (binary[node.operator] ?? []).map(after => operator(node.left, node.right, node.operator, after))
    case 'LogicalExpression':
      return [
        [node, text(node.left)],
        [node, text(node.right)],
      ]
    case 'AssignmentExpression': {
      const after = assignments[node.operator]
      if (after === undefined || isText(node.right)) return []
      return [operator(node.left, node.right, node.operator, after)]
    }
    case 'UpdateExpression':
      return [[node, text(node).replace(node.operator, node.operator === '++' ? '--' : '++')]]
    case 'UnaryExpression':
      return '!-~'.includes(node.operator) ? [[node, ` ${text(node.argument)}`]] : []
    case 'Literal':
      return literalVariants(node, around)
    case 'TemplateLiteral':
      return around[0]?.type === 'TaggedTemplateExpression' ? [] : [[node, '``']]
    case 'ArrayExpression':
      return node.elements.length > 0 ? [[node, '[]']] : []
    case 'ObjectExpression':
      return node.properties.length > 0 ? [[node, '{}']] : []
    case 'IfStatement':
    case 'ConditionalExpression':
      return [
        [node.test, 'true'],
        [node.test, 'false'],
      ]
    case 'WhileStatement':
    case 'DoWhileStatement':
    case 'ForStatement':
      // With `true` the loop would never end.
      return node.test ? [[node.test, 'false']] : []
    case 'ForOfStatement':
    case 'TryStatement':
      return [node.body, node.block, node.finalizer]
        .filter(block => block?.body?.length > 0)
        .map(block => [block, '{}'])
    case 'CatchClause':
      return node.body.body.length > 0 ? [[node.body, '{}']] : []
    case 'ReturnStatement':
      return node.argument && !isPlain(node.argument) ? [[node.argument, 'undefined']] : []
    case 'ExpressionStatement':
    case 'ThrowStatement':
    case 'BreakStatement':
    case 'ContinueStatement':
      return isRemovable(node, around) ? [[node, ';']] : []
    case 'MemberExpression':
    case 'CallExpression':
      return memberVariants(node, source)
    default:
      return isFunction(node) ? bodyVariants(node) : []
  }
}

function literalVariants({ value, raw, regex, start, end }: Node, [parent]: Node[]): Variant[] {
  const all = { start, end }
  const isKey = parent?.type === 'Property' && parent.key.start === start && !parent.computed
  if (isKey || parent?.type.startsWith('Export')) return []
  if (typeof value === 'boolean') return [[all, String(!value)]]
  if (typeof value === 'number') return [[all, String(value + 1)]]
  if (typeof value === 'bigint') return [[all, `${value + 1n}n`]]
  if (typeof value === 'string' && value !== '') return [[all, "''"]]
  const anchors: Variant[] = []
  if (regex?.pattern.startsWith('^')) anchors.push([{ start, end: start + 2 }, '/'])
  if (regex?.pattern.endsWith('$')) {
    const dollar = start + raw.lastIndexOf('$')
    anchors.push([{ start: dollar, end: dollar + 1 }, ''])
  }
  return anchors.filter(
    ([part, after]) => applied(raw, { start: part.start - start, end: part.end - start, after }) !== '//',
  )
}

function memberVariants(node: Node, source: string): Variant[] {
  const object = node.type === 'CallExpression' ? node.callee : node.object
  if (node.optional) {
    const start = source.indexOf('?.', object.end)
    const after = node.type === 'MemberExpression' && !node.computed ? '.' : ''
    return [[{ start, end: start + 2 }, after]]
  }
  const name = node.type === 'MemberExpression' && !node.computed ? methods[node.property.name] : undefined
  return name ? [[node.property, name]] : []
}

function bodyVariants({ body }: Node): Variant[] {
  if (body.type === 'BlockStatement') return body.body.length > 0 ? [[body, '{}']] : []
  return isPlain(body) ? [] : [[body, 'undefined']]
}

/**
 * Returns whether a statement may be removed. A statement that is alone in a body or branch may not: another
 * change already covers its removal.
 */
function isRemovable(node: Node, [parent, grandparent]: Node[]): boolean {
  if (node.expression?.type === 'CallExpression' && node.expression.callee.type === 'Super') return false
  if (node.type === 'ExpressionStatement' && node.directive) return false
  if (parent?.type === 'IfStatement') return false
  return parent?.type !== 'BlockStatement' || parent.body.length > 1 || grandparent?.type === 'BlockStatement'
}

function isText({ type, value }: Node): boolean {
  return type === 'TemplateLiteral' || typeof value === 'string'
}

/** Returns whether a node is a plain value, which is changed itself. */
function isPlain({ type, name }: Node): boolean {
  return type === 'Literal' || (type === 'Identifier' && name === 'undefined')
}

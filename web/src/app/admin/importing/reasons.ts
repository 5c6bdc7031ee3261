/** The service's errors about a file, in the reader's language where their codes allow it. */
import { Failure } from '../../../api/failure'
import type { components } from '../../../api/schema'
import type { Translation } from '../../../strings'
import { messageOf } from '../../ui/failed'
import type { en } from '../strings/en'
import { kindNames, kinds } from './columns'

export type LineRejection = components['schemas']['LineRejection']
type Words = Translation<typeof en>

/** What is wrong with a row; other codes have the service's English reason. */
export function reasonText({ code, kind, earlierLine, reason }: LineRejection, t: Words): string {
  if (code === 'kind') return t.errorKind(kindNames.map((name) => kinds[name].word).join(', '))
  if (code === 'column' && kind !== null) return t.errorColumn(kinds[kind].word)
  if (code === 'cells') return t.errorCells
  if (code === 'number') return t.errorNumber
  if (code === 'boolean') return t.errorBoolean
  if (code === 'duplicate' && earlierLine !== null) return t.errorDuplicate(earlierLine)
  return reason
}

const LINE = /^line (\d+)$/u
const TYPE = 'urn:playhead:problem:csv-'

/** Whether the file only lacks the column `kind`, so that the page asks what its rows are. */
export function lacksKind(reason: unknown): boolean {
  return problemOf(reason)?.code === 'kind-missing'
}

/** Why the file as a whole cannot be read; null if the failure is another one. */
export function fileText(reason: unknown, t: Words): string | null {
  const problem = problemOf(reason)
  if (problem === null) return null
  const { code, line, columns } = problem
  if (code === 'encoding') return t.fileEncoding(line)
  if (code === 'quotes') return t.fileQuotes(line)
  if (code === 'empty') return t.fileEmpty
  if (code === 'unknown-column') return t.fileUnknownColumns(columns.map((name) => `“${name}”`).join(', '))
  if (code === 'repeated-column') return t.fileRepeatedColumns(columns.join(', '))
  if (code === 'missing-column') return t.fileMissingColumns(line, columns.join(', '))
  return t.fileUnreadable(messageOf(reason))
}

function problemOf(
  reason: unknown,
): { readonly code: string; readonly line: number; readonly columns: readonly string[] } | null {
  const problem = reason instanceof Failure ? reason.problem : undefined
  if (!problem?.type.startsWith(TYPE)) return null
  const places = problem.errors.map(({ field }) => field)
  return {
    code: problem.type.slice(TYPE.length),
    line: Number(places.map((place) => LINE.exec(place)?.[1]).find((line) => line !== undefined) ?? 1),
    columns: places.filter((place) => !LINE.test(place)),
  }
}

import { describe, expect, it } from 'vitest'
import { failureOf } from '../../../api/failure'
import { strings } from '../strings'
import { fileText, lacksKind, reasonText, type LineRejection } from './reasons'

const t = strings('en')
const rejection = (given: Partial<LineRejection>): LineRejection => ({
  line: 3,
  kind: 'content',
  column: null,
  code: 'invalid',
  reason: 'says the service',
  earlierLine: null,
  ...given,
})
const refused = (code: string, ...fields: readonly string[]) =>
  failureOf(422, {
    type: `urn:playhead:problem:${code}`,
    title: 'Invalid CSV file',
    status: 422,
    detail: 'line 1: says the service',
    errors: fields.map((field) => ({ field, reason: 'says the service' })),
  })

describe('what is wrong with a row', () => {
  it.each([
    [{ code: 'kind', kind: null }, 'content, part, person, team, member, assignment'],
    [{ code: 'column', kind: 'people' }, 'person'],
    [{ code: 'cells' }, t.errorCells],
    [{ code: 'number' }, t.errorNumber],
    [{ code: 'boolean' }, t.errorBoolean],
    [{ code: 'duplicate', earlierLine: 2 }, 'line 2'],
    [{ code: 'unknown' }, 'says the service'],
  ] satisfies [Partial<LineRejection>, string][])('is said by its code: %j', (given, text) => {
    expect(reasonText(rejection(given), t)).toContain(text)
  })
})

describe('why a file cannot be read', () => {
  it.each([
    [refused('csv-encoding', 'line 3'), t.fileEncoding(3)],
    [refused('csv-quotes', 'line 2'), t.fileQuotes(2)],
    [refused('csv-empty', 'line 1'), t.fileEmpty],
    [refused('csv-unknown-column', 'colour', 'size'), t.fileUnknownColumns('“colour”, “size”')],
    [refused('csv-repeated-column', 'userId'), t.fileRepeatedColumns('userId')],
    [refused('csv-missing-column', 'line 2', 'name'), t.fileMissingColumns(2, 'name')],
    [refused('csv-rows', 'line 9'), t.fileUnreadable('line 1: says the service')],
  ])('is said by the type of the problem: %s', (failure, text) => {
    expect(fileText(failure, t)).toBe(text)
    expect(lacksKind(failure)).toBe(false)
  })

  it('is a question where only the column `kind` is missing', () => {
    expect(lacksKind(refused('csv-kind-missing', 'kind'))).toBe(true)
  })

  it('is no other failure', () => {
    expect(fileText(refused('invalid-request', 'kind'), t)).toBeNull()
    expect(fileText(new Error('offline'), t)).toBeNull()
    expect(lacksKind(failureOf(503, {}))).toBe(false)
  })
})

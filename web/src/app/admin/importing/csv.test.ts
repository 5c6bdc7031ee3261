import { describe, expect, it } from 'vitest'
import { csvOf, guarded } from './csv'

describe('a text in a CSV file', () => {
  it.each(['=1', ' +1', '@A1', '\t1', '\u200b-1', "'=1"])(
    'has an apostrophe in front of a formula: %j',
    (text) => {
      expect(guarded(text)).toBe(`'${text}`)
    },
  )

  it.each([
    ['a;=1', "a;'=1"],
    ['a; -1', "a;' -1"],
    ['"=1"', '"\'=1"'],
    ['a\t+1', "a\t'+1"],
    ['a\n@A1', "a\n'@A1"],
  ])('has one where another separator begins a cell: %j', (text, safe) => {
    expect(guarded(text)).toBe(safe)
  })

  it.each(['Ada', "O'Hara", 'a=b', 'a; b', '1-2', ''])('is left alone otherwise: %j', (text) => {
    expect(guarded(text)).toBe(text)
  })
})

it('rows of cells are CSV that a spreadsheet reads', () => {
  const rows = [
    ['Line', 'What is wrong'],
    ['2', 'is not "a" number, yet'],
    ['3', '=1'],
  ]
  expect(csvOf(rows)).toBe('"Line","What is wrong"\r\n"2","is not ""a"" number, yet"\r\n"3","\'=1"\r\n')
})
